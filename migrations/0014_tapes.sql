-- How an auction can be run again: what it began with, everything it was fed and what it said (`exchange::auction::tape`).
-- It is written with the trace and goes with it. None on rows from before.
ALTER TABLE traces ADD COLUMN tape BYTEA;
-- The same of a source's ping.
ALTER TABLE pings ADD COLUMN tape BYTEA;
