-- What waits for an endpoint may be much: nothing that is asked at every look may walk over it.

-- A lane is an endpoint, and endpoints of different tenants have different ids: with the lane first, the lanes with anything
-- to do are found by stepping from one to the next.
DROP INDEX jobs_lane;
CREATE INDEX jobs_lane ON jobs (lane, run_at) WHERE lane IS NOT NULL;
-- What is under way.
CREATE INDEX jobs_leased ON jobs (lane, leased_until) WHERE leased_until > 0;
-- Work without a lane is looked for among its own.
DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (run_at) WHERE lane IS NULL;
