-- What is used and held of each cap in each of its windows, and whose money moved.

CREATE TABLE cap_counters (
    tenant_id TEXT NOT NULL,
    -- A contract's or a buyer's id.
    scope TEXT NOT NULL,
    span TEXT NOT NULL CHECK (span IN ('hour', 'day', 'week', 'month', 'total')),
    start_at BIGINT NOT NULL,
    used BIGINT NOT NULL,
    -- Posts under way or of unknown outcome.
    held BIGINT NOT NULL,
    used_money BIGINT NOT NULL,
    held_money BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, scope, span, start_at)
);
CREATE INDEX cap_counters_start ON cap_counters (start_at);

-- Double entry: the lines of one event sum to zero per currency.
CREATE TABLE ledger_entries (
    tenant_id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    line BIGINT NOT NULL,
    lead_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- A buyer's or a source's id, or 'margin'.
    account TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount BIGINT NOT NULL,
    currency TEXT NOT NULL,
    PRIMARY KEY (tenant_id, event_id, line)
);
CREATE INDEX ledger_entries_lead ON ledger_entries (tenant_id, lead_id);

-- The sum of the entries of each account, kept in the same transaction.
CREATE TABLE balances (
    tenant_id TEXT NOT NULL,
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, account, currency)
);
