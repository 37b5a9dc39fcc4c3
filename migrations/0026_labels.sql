-- Figures by sub-source and by band of prices: rows of their own, so that the other counters stay as few as they are.

CREATE TABLE label_hours (
    tenant_id TEXT NOT NULL,
    -- What the label is: the first label that a source sent with a lead, or the band of prices that a sale lies in.
    kind TEXT NOT NULL CHECK (kind IN ('sub', 'price')),
    -- Start of the UTC hour.
    hour BIGINT NOT NULL,
    campaign_id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    -- Empty for a sub-source.
    buyer_id TEXT NOT NULL,
    -- Of a sub-source `=` and the label, nothing where there was none, `+` for those that are not told apart; of prices the
    -- lower bound in whole units.
    label TEXT NOT NULL,
    received BIGINT NOT NULL,
    sold BIGINT NOT NULL,
    unsold BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    duplicate BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    revenue BIGINT NOT NULL,
    payout BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, kind, hour, campaign_id, source_id, buyer_id, label)
);

CREATE TABLE label_days (
    tenant_id TEXT NOT NULL,
    -- What the label is: the first label that a source sent with a lead, or the band of prices that a sale lies in.
    kind TEXT NOT NULL CHECK (kind IN ('sub', 'price')),
    -- Start of the UTC day.
    day BIGINT NOT NULL,
    campaign_id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    -- Empty for a sub-source.
    buyer_id TEXT NOT NULL,
    -- Of a sub-source `=` and the label, nothing where there was none, `+` for those that are not told apart; of prices the
    -- lower bound in whole units.
    label TEXT NOT NULL,
    received BIGINT NOT NULL,
    sold BIGINT NOT NULL,
    unsold BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    duplicate BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    revenue BIGINT NOT NULL,
    payout BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, kind, day, campaign_id, source_id, buyer_id, label)
);

-- Money in the hour in which it moved; all else of a tally is of leads that came in its hour. (The counters have it as the
-- measure `moved`.)
ALTER TABLE hour_tallies ADD COLUMN moved_revenue BIGINT NOT NULL DEFAULT 0;
ALTER TABLE hour_tallies ADD COLUMN moved_payout BIGINT NOT NULL DEFAULT 0;

-- Whether what was folded before there was any of this is not in it yet. Who migrates folds it.
ALTER TABLE rollup_state ADD COLUMN stale BIGINT NOT NULL DEFAULT 1 CHECK (stale IN (0, 1));

-- A number of the report opens its leads.
CREATE INDEX leads_sub ON leads (tenant_id, source_id, sub1, id) WHERE sub1 IS NOT NULL;
