-- What follows when a lead has come out: copies for silent contracts, and further rounds of a lead that nobody bought.

-- A silent contract's copy of a lead, or why it got none. It is written before its first byte leaves, as a post is, and it is
-- no post: nothing here is a sale of the lead.
CREATE TABLE copies (
    tenant_id TEXT NOT NULL,
    lead_id TEXT NOT NULL,
    contract_id TEXT NOT NULL,
    id TEXT NOT NULL,
    campaign_id TEXT NOT NULL,
    buyer_id TEXT NOT NULL,
    price BIGINT NOT NULL,
    -- JSON: the demands it holds reservations for.
    caps TEXT NOT NULL,
    -- 'excluded' was never sent; a later outcome of the lead may decide otherwise.
    state TEXT NOT NULL CHECK (state IN ('excluded', 'open', 'accepted', 'rejected', 'not_sent', 'unknown')),
    paid BIGINT,
    reference TEXT,
    -- JSON: the verdict as the lead's page shows it.
    verdict TEXT NOT NULL,
    at BIGINT NOT NULL,
    settled_at BIGINT,
    PRIMARY KEY (tenant_id, lead_id, contract_id)
);
CREATE INDEX copies_unknown ON copies (tenant_id, at) WHERE state = 'unknown';
CREATE INDEX copies_taken ON copies (tenant_id, buyer_id, lead_id) WHERE state = 'accepted';

-- How often the lead was auctioned again.
ALTER TABLE leads ADD COLUMN round BIGINT NOT NULL DEFAULT 0;

-- How the earlier rounds went: trace and tape of each, written when the next one begins.
CREATE TABLE rounds (
    tenant_id TEXT NOT NULL,
    lead_id TEXT NOT NULL,
    -- From 0.
    round BIGINT NOT NULL,
    -- When the next round began: posts and outcomes before it are of this round or an earlier one.
    until BIGINT NOT NULL,
    -- None: the server died, and another closed the round.
    doc TEXT,
    tape BYTEA,
    PRIMARY KEY (tenant_id, lead_id, round)
);
