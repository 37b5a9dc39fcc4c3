-- Coarser counters, folded together with the hourly ones, so that a long span is the sum of few rows.

-- As `rollups`, by UTC day: the middle of a span; its ends are summed over hours.
CREATE TABLE rollup_days (
    tenant_id TEXT NOT NULL,
    -- Start of the UTC day.
    day BIGINT NOT NULL,
    campaign_id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    -- Empty for figures that concern no buyer.
    buyer_id TEXT NOT NULL,
    measure TEXT NOT NULL,
    n BIGINT NOT NULL,
    revenue BIGINT NOT NULL,
    payout BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, day, campaign_id, source_id, buyer_id, measure)
);

INSERT INTO rollup_days (tenant_id, day, campaign_id, source_id, buyer_id, measure, n, revenue, payout)
SELECT tenant_id, hour / 86400000000 * 86400000000, campaign_id, source_id, buyer_id, measure, SUM(n), SUM(revenue), SUM(payout)
FROM rollups GROUP BY 1, 2, 3, 4, 5, 6;

-- All that an hour held of a campaign, a source and a buyer in one row: days and hours in the tenant's zone are summed
-- over these, which are a tenth of the hourly counters.
CREATE TABLE hour_tallies (
    tenant_id TEXT NOT NULL,
    -- Start of the UTC hour.
    hour BIGINT NOT NULL,
    campaign_id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    -- Empty for what concerns no buyer.
    buyer_id TEXT NOT NULL,
    -- Leads by what became of them, and money.
    received BIGINT NOT NULL,
    sold BIGINT NOT NULL,
    unsold BIGINT NOT NULL,
    rejected BIGINT NOT NULL,
    duplicate BIGINT NOT NULL,
    unknown BIGINT NOT NULL,
    returned BIGINT NOT NULL,
    revenue BIGINT NOT NULL,
    payout BIGINT NOT NULL,
    -- How the contracts came out.
    pinged BIGINT NOT NULL,
    taken BIGINT NOT NULL,
    lost BIGINT NOT NULL,
    declined BIGINT NOT NULL,
    failed BIGINT NOT NULL,
    excluded BIGINT NOT NULL,
    given_back BIGINT NOT NULL,
    -- Reasons that stood against leads and contracts; losing to a better bid is none.
    against BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, hour, campaign_id, source_id, buyer_id)
);

INSERT INTO hour_tallies (tenant_id, hour, campaign_id, source_id, buyer_id, received, sold, unsold, rejected, duplicate, unknown,
    returned, revenue, payout, pinged, taken, lost, declined, failed, excluded, given_back, against)
SELECT tenant_id, hour, campaign_id, source_id, buyer_id,
    SUM(CASE WHEN measure = 'received' THEN n ELSE 0 END),
    SUM(CASE WHEN measure = 'lead.sold' THEN n ELSE 0 END),
    SUM(CASE WHEN measure = 'lead.unsold' THEN n ELSE 0 END),
    SUM(CASE WHEN measure = 'lead.rejected' THEN n ELSE 0 END),
    SUM(CASE WHEN measure = 'lead.duplicate' THEN n ELSE 0 END),
    SUM(CASE WHEN measure = 'lead.unknown' THEN n ELSE 0 END),
    SUM(CASE WHEN measure = 'lead.returned' THEN n ELSE 0 END),
    SUM(revenue),
    SUM(payout),
    SUM(CASE WHEN measure = 'pinged' THEN n ELSE 0 END),
    SUM(CASE WHEN measure IN ('lead.sold', 'shared') THEN n ELSE 0 END),
    SUM(CASE WHEN measure = 'contract.lost' THEN n ELSE 0 END),
    SUM(CASE WHEN measure = 'contract.rejected' THEN n ELSE 0 END),
    SUM(CASE WHEN measure = 'contract.failed' THEN n ELSE 0 END),
    SUM(CASE WHEN measure = 'contract.excluded' THEN n ELSE 0 END),
    SUM(CASE WHEN measure = 'returned' THEN n ELSE 0 END),
    SUM(CASE WHEN measure LIKE 'reason.%' AND measure NOT LIKE '%.outbid' AND measure NOT LIKE '%.not_reached'
        AND measure NOT LIKE '%.outranked' THEN n ELSE 0 END)
FROM rollups GROUP BY 1, 2, 3, 4, 5;
