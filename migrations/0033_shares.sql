-- Posting instructions that are shown to whoever has their address, until they expire or are taken back.

CREATE TABLE instruction_shares (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    campaign_id TEXT NOT NULL,
    -- SHA-256 of what stands in the address, in hexadecimal digits: a copy of this table opens nothing.
    hash TEXT NOT NULL UNIQUE,
    author TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    -- When it was opened last.
    used_at BIGINT,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, source_id) REFERENCES sources (tenant_id, id),
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns (tenant_id, id)
);
CREATE INDEX instruction_shares_source ON instruction_shares (tenant_id, source_id, campaign_id);
