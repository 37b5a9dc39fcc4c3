-- Tests that were sent to buyers from the bench: who sent what where, and how it was answered. Never a value of a lead.
CREATE TABLE test_calls (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    contract_id TEXT NOT NULL,
    phase TEXT NOT NULL CHECK (phase IN ('ping', 'post')),
    at BIGINT NOT NULL,
    author TEXT NOT NULL,
    host TEXT NOT NULL,
    -- Both once the answer is there.
    status BIGINT,
    took_us BIGINT,
    outcome TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX test_calls_by_contract ON test_calls (tenant_id, contract_id, id);

-- Answers of buyers that are kept with how they have to be read.
CREATE TABLE contract_examples (
    tenant_id TEXT NOT NULL,
    id TEXT NOT NULL,
    contract_id TEXT NOT NULL,
    phase TEXT NOT NULL CHECK (phase IN ('ping', 'post')),
    name TEXT NOT NULL,
    status BIGINT NOT NULL,
    content_type TEXT,
    -- Sealed under the tenant's key: a buyer may repeat what it was sent.
    body BYTEA NOT NULL,
    -- JSON: how it has to be read.
    expected TEXT NOT NULL,
    at BIGINT NOT NULL,
    author TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, contract_id, phase, name)
);
