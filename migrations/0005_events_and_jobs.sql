-- What happened (append-only), the hourly counters folded from it, and what must still happen because of it.

CREATE TABLE events (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- 'lead' carries a fact that is folded into roll-ups; every other kind is history only.
    kind TEXT NOT NULL,
    lead_id TEXT,
    doc TEXT NOT NULL,
    folded BIGINT NOT NULL CHECK (folded IN (0, 1)),
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX events_unfolded ON events (tenant_id, id) WHERE folded = 0;
CREATE INDEX events_lead ON events (tenant_id, lead_id, id) WHERE lead_id IS NOT NULL;

CREATE TABLE rollups (
    tenant_id TEXT NOT NULL,
    -- Start of the UTC hour.
    hour BIGINT NOT NULL,
    campaign_id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    -- Empty for figures that concern no buyer.
    buyer_id TEXT NOT NULL,
    measure TEXT NOT NULL,
    n BIGINT NOT NULL,
    revenue BIGINT NOT NULL,
    payout BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, hour, campaign_id, source_id, buyer_id, measure)
);

-- One row, locked by whoever folds: one server folds at a time. `folded` counts the events folded so far.
CREATE TABLE rollup_state (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    folded BIGINT NOT NULL
);
INSERT INTO rollup_state (id, folded) VALUES (1, 0);

-- Work that must happen later, enqueued in the transaction that caused it.
CREATE TABLE jobs (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    run_at BIGINT NOT NULL,
    -- Nobody else takes it before this instant.
    leased_until BIGINT NOT NULL,
    -- How often it was taken; whoever finishes it must still hold the latest lease.
    tries BIGINT NOT NULL,
    error TEXT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX jobs_due ON jobs (run_at);
