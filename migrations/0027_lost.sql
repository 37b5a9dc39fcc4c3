-- The best sale that a lead missed, for lists; the columns are set together or not at all.
ALTER TABLE leads ADD COLUMN missed_contract TEXT;
ALTER TABLE leads ADD COLUMN missed_buyer TEXT;
ALTER TABLE leads ADD COLUMN missed_reason TEXT;
ALTER TABLE leads ADD COLUMN missed BIGINT;
ALTER TABLE leads ADD COLUMN missed_currency TEXT;
CREATE INDEX leads_missed ON leads (tenant_id, missed_reason, id) WHERE missed_reason IS NOT NULL;

-- The same hour by hour: folded from the same events as the roll-ups, in the same transaction. Beside them, because every
-- sum of revenue there takes all counters in, and this is money that nobody paid.
CREATE TABLE missed_hours (
    tenant_id TEXT NOT NULL,
    -- Start of the UTC hour.
    hour BIGINT NOT NULL,
    campaign_id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    contract_id TEXT NOT NULL,
    buyer_id TEXT NOT NULL,
    reason TEXT NOT NULL,
    n BIGINT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, hour, campaign_id, source_id, contract_id, buyer_id, reason)
);
