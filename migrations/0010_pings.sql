-- Pings of affiliates: what was offered, and the bids held for the lead that may follow. Nothing personal is in them.
CREATE TABLE pings (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    campaign_id TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
    at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    -- SHA-256 of the body, by which a repeated ping is recognised.
    body_hash BYTEA NOT NULL,
    -- SHA-256 of the fields that are not personal: the lead that follows must have the same.
    open_hash BYTEA NOT NULL,
    -- JSON: what the source was told.
    answer TEXT NOT NULL,
    -- JSON: what each buyer said.
    held TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX pings_repeat ON pings (tenant_id, source_id, body_hash);
CREATE INDEX pings_expires ON pings (expires_at);
