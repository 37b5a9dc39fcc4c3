-- Leads and their posts. The hot path writes here in grouped commits: no foreign keys (each would be one more look-up
-- per row; `gavel check` proves what they would), and no more indexes than the screens need.

CREATE TABLE leads (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    campaign_id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
    received_at BIGINT NOT NULL,
    external_id TEXT,
    state TEXT NOT NULL
        CHECK (state IN ('processing', 'sold', 'unsold', 'rejected', 'duplicate', 'unknown', 'returned')),
    reason TEXT,
    -- JSON: the fields that are not personal.
    open_fields TEXT NOT NULL,
    -- JSON: the source's own labels. `sub1` stands beside it for the list.
    tracking TEXT NOT NULL,
    sub1 TEXT,
    -- JSON: name and mask of each personal field.
    masks TEXT NOT NULL,
    -- JSON: keyed hashes that identify the person for the duplicate windows.
    prints TEXT NOT NULL,
    -- The personal values under the lead's own key, and that key under the tenant's. Destroying the key forgets the person.
    sealed_key BYTEA NOT NULL,
    sealed_body BYTEA NOT NULL,
    -- The process that runs the auction; who is not the owner may not write an outcome.
    owner TEXT NOT NULL,
    buyer_id TEXT,
    contract_id TEXT,
    revenue BIGINT,
    payout BIGINT,
    currency TEXT,
    redirect_url TEXT,
    -- JSON: what the source was told, to be repeated word for word.
    answer TEXT,
    duration_ms BIGINT,
    finished_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX leads_state ON leads (tenant_id, state, id);
CREATE INDEX leads_campaign ON leads (tenant_id, campaign_id, id);
CREATE INDEX leads_source ON leads (tenant_id, source_id, id);
CREATE INDEX leads_buyer ON leads (tenant_id, buyer_id, id) WHERE buyer_id IS NOT NULL;
CREATE INDEX leads_external ON leads (tenant_id, source_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX leads_processing ON leads (owner) WHERE state = 'processing';

-- How the auction went: one verdict for every contract, as JSON.
CREATE TABLE traces (
    tenant_id TEXT NOT NULL,
    lead_id TEXT NOT NULL,
    doc TEXT NOT NULL,
    PRIMARY KEY (tenant_id, lead_id)
);

-- One post of one lead to one contract, written before its first byte leaves.
CREATE TABLE attempts (
    tenant_id TEXT NOT NULL,
    lead_id TEXT NOT NULL,
    id TEXT NOT NULL,
    campaign_id TEXT NOT NULL,
    contract_id TEXT NOT NULL,
    buyer_id TEXT NOT NULL,
    ordinal BIGINT NOT NULL,
    price BIGINT NOT NULL,
    -- JSON: the demands it holds reservations for.
    caps TEXT NOT NULL,
    -- JSON: the prints it claimed.
    prints TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'rejected', 'not_sent', 'unknown')),
    paid BIGINT,
    reference TEXT,
    at BIGINT NOT NULL,
    settled_at BIGINT,
    PRIMARY KEY (tenant_id, lead_id, id),
    UNIQUE (tenant_id, lead_id, contract_id)
);
CREATE INDEX attempts_unknown ON attempts (tenant_id, at) WHERE state = 'unknown';

-- Which person was sold (or is being posted) to whom.
CREATE TABLE claims (
    tenant_id TEXT NOT NULL,
    campaign_id TEXT NOT NULL,
    print TEXT NOT NULL,
    buyer_id TEXT NOT NULL,
    lead_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('held', 'sold')),
    PRIMARY KEY (tenant_id, campaign_id, print, buyer_id, lead_id)
);

-- A row per person and campaign, there to be locked: two servers cannot claim one person at once.
CREATE TABLE prints (
    tenant_id TEXT NOT NULL,
    campaign_id TEXT NOT NULL,
    print TEXT NOT NULL,
    PRIMARY KEY (tenant_id, campaign_id, print)
);

-- Which key of a source made which lead, until it expires.
CREATE TABLE idempotency (
    tenant_id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    idem TEXT NOT NULL,
    body_hash BYTEA NOT NULL,
    lead_id TEXT NOT NULL,
    taken_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, source_id, idem)
);
CREATE INDEX idempotency_expires ON idempotency (expires_at);
