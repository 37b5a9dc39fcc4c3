-- Views of the leads list that people keep.
CREATE TABLE saved_views (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    -- Who made it.
    user_id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The query of the list's address, as the list writes it itself.
    query TEXT NOT NULL,
    -- Whether everybody of the tenant has it.
    shared BIGINT NOT NULL CHECK (shared IN (0, 1)),
    -- When it was taken away: it can be brought back.
    dropped_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);

-- What a person last chose to see of the leads list.
CREATE TABLE list_columns (
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    columns TEXT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
