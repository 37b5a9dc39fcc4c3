-- Whether a post was to a buyer that shares the lead with others: only such leads may be accepted more than once.
ALTER TABLE attempts ADD COLUMN shared BIGINT NOT NULL DEFAULT 0 CHECK (shared IN (0, 1));
