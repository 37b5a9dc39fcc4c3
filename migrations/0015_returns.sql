-- A post that a buyer took keeps its state when the lead is given back: that it was taken stays true.
ALTER TABLE attempts ADD COLUMN returned_at BIGINT;
-- Whether its places in the caps are free again.
ALTER TABLE attempts ADD COLUMN freed BIGINT CHECK (freed IN (0, 1));

-- What buyers want to give back, and what was decided.
CREATE TABLE returns (
    tenant_id TEXT NOT NULL,
    lead_id TEXT NOT NULL,
    attempt_id TEXT NOT NULL,
    buyer_id TEXT NOT NULL,
    contract_id TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('requested', 'approved', 'denied')),
    reason TEXT NOT NULL,
    -- Without the personal values of the lead.
    note TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    asked_by TEXT NOT NULL,
    decided_at BIGINT,
    decided_by TEXT NOT NULL,
    answer TEXT NOT NULL,
    PRIMARY KEY (tenant_id, lead_id, attempt_id)
);
CREATE INDEX returns_asked ON returns (tenant_id, state, asked_at);
CREATE INDEX returns_buyer ON returns (tenant_id, buyer_id, asked_at);

-- Tokens of programs, which may now belong to a buyer: they see what that buyer took, and nothing else. (A new table,
-- because no engine-neutral statement changes a CHECK.)
CREATE TABLE tokens (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    hint TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'operator', 'viewer', 'buyer')),
    buyer_id TEXT,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
INSERT INTO tokens (tenant_id, id, name, hash, hint, role, created_at, revoked_at)
SELECT tenant_id, id, name, hash, hint, role, created_at, revoked_at FROM operator_tokens;
DROP TABLE operator_tokens;
