-- Who is told when a lead's state changes, and the log of every try to tell them.

CREATE TABLE endpoints (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    -- Only of this source's, or this campaign's, leads.
    source_id TEXT,
    campaign_id TEXT,
    name TEXT NOT NULL,
    active BIGINT NOT NULL CHECK (active IN (0, 1)),
    doc TEXT NOT NULL,
    -- The webhook's secret under the tenant's key; empty for postbacks. The one before it is valid until `old_until`.
    secret BYTEA NOT NULL,
    old_secret BYTEA NOT NULL,
    old_until BIGINT NOT NULL,
    -- Since when every try has failed.
    failing_since BIGINT,
    PRIMARY KEY (tenant_id, id),
    FOREIGN KEY (tenant_id, source_id) REFERENCES sources (tenant_id, id),
    FOREIGN KEY (tenant_id, campaign_id) REFERENCES campaigns (tenant_id, id)
);

CREATE TABLE deliveries (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    -- The same for every try of one message.
    message_id TEXT NOT NULL,
    endpoint_id TEXT NOT NULL,
    lead_id TEXT NOT NULL,
    event TEXT NOT NULL,
    attempt BIGINT NOT NULL,
    at BIGINT NOT NULL,
    method TEXT NOT NULL,
    url TEXT NOT NULL,
    body TEXT NOT NULL,
    -- JSON: the message, to be sent again.
    payload TEXT NOT NULL,
    status BIGINT,
    took_us BIGINT NOT NULL,
    answer TEXT NOT NULL,
    error TEXT,
    state TEXT NOT NULL CHECK (state IN ('delivered', 'pending', 'failed')),
    next_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX deliveries_endpoint ON deliveries (tenant_id, endpoint_id, id);
CREATE INDEX deliveries_lead ON deliveries (tenant_id, lead_id, id);
CREATE INDEX deliveries_message ON deliveries (tenant_id, message_id, id);
CREATE INDEX deliveries_at ON deliveries (at);

-- Jobs of one lane are taken a few at a time and in order: a lane is an endpoint's id.
ALTER TABLE jobs ADD COLUMN lane TEXT;
CREATE INDEX jobs_lane ON jobs (tenant_id, lane, run_at) WHERE lane IS NOT NULL;
