-- What each contract did, hour by hour: folded from the same events as the roll-ups, in the same transaction. Alerts know a
-- contract's usual day from it.
CREATE TABLE contract_hours (
    tenant_id TEXT NOT NULL,
    -- Start of the UTC hour.
    hour BIGINT NOT NULL,
    contract_id TEXT NOT NULL,
    pinged BIGINT NOT NULL,
    timed_out BIGINT NOT NULL,
    -- Bids in time, and their sum.
    bids BIGINT NOT NULL,
    bid_sum BIGINT NOT NULL,
    -- Posts of known outcome.
    accepted BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, hour, contract_id)
);

-- What is wrong, from when it was seen until it is over.
CREATE TABLE alerts (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- Which window and which limit; empty where nothing begins anew by itself.
    episode TEXT NOT NULL,
    -- JSON: how it was seen last.
    doc TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    is_open BIGINT NOT NULL CHECK (is_open IN (0, 1)),
    resolved_at BIGINT,
    -- JSON: who knows of it, with a note. It calls for nobody before `quiet_until`: 0 is now, the largest number until it is
    -- resolved.
    acknowledged TEXT,
    quiet_until BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE UNIQUE INDEX alerts_open ON alerts (tenant_id, kind, subject) WHERE is_open = 1;

-- When each tenant's alerts are looked for again, on what terms, and by whom at the moment.
CREATE TABLE alert_looks (
    tenant_id TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    -- Nobody else looks before this instant.
    leased_until BIGINT NOT NULL,
    -- Names the lease: whoever writes down what it saw must still hold the latest.
    turn BIGINT NOT NULL,
    -- JSON: thresholds, and kinds that are not looked for.
    settings TEXT NOT NULL,
    PRIMARY KEY (tenant_id)
);

-- Who wants letters about alerts, and until when everything was written to them.
CREATE TABLE alert_readers (
    tenant_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    written_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);
