-- Files with personal values that somebody was allowed to take, for the minutes in which they can be. Why, and by whom, stands
-- in the audit log for good.
CREATE TABLE personal_exports (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    -- The id of the person or the token.
    actor TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- The query of the list's address, without the question mark.
    query TEXT NOT NULL,
    -- JSON: the names of the personal columns.
    fields TEXT NOT NULL,
    format TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX personal_exports_actor ON personal_exports (tenant_id, actor, at);
