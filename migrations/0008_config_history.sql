-- Who changed what, when and why: versions of what is configured, drafts beside it, and the tokens of programs that
-- configure.

-- Raised with every change of the document; a change names the version it was made from.
ALTER TABLE verticals ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE campaigns ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE sources ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE buyers ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE contracts ADD COLUMN version BIGINT NOT NULL DEFAULT 1;

-- Every version of every document, with what was before the first recorded change. Rows are never changed.
CREATE TABLE config_history (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    kind TEXT NOT NULL CHECK (kind IN ('campaign', 'source', 'buyer', 'contract')),
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    -- JSON as it was stored, secrets sealed; 'null' where it was deleted.
    doc TEXT NOT NULL,
    -- A person's or a token's id, 'command-line', or empty for what was there before changes were recorded.
    author TEXT NOT NULL,
    at BIGINT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id, version)
);
CREATE INDEX config_history_at ON config_history (tenant_id, at, version, id);

-- One draft beside a published document.
CREATE TABLE config_drafts (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    kind TEXT NOT NULL CHECK (kind IN ('campaign', 'source', 'buyer', 'contract')),
    id TEXT NOT NULL,
    -- JSON, secrets sealed.
    doc TEXT NOT NULL,
    -- The published version it was made from.
    base BIGINT NOT NULL,
    -- Raised whenever the draft is saved again.
    revision BIGINT NOT NULL,
    author TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);

-- How a tenant wants changes to be made; a tenant without a row has the defaults.
CREATE TABLE config_options (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    -- Whether whoever publishes a draft must be somebody else than who wrote it.
    four_eyes BIGINT NOT NULL CHECK (four_eyes IN (0, 1)),
    PRIMARY KEY (tenant_id)
);

-- Tokens of programs that configure. The secret part is never stored, only its SHA-256.
CREATE TABLE operator_tokens (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'operator', 'viewer')),
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
