-- What was sealed: a record for every auction and every change of the configuration, in batches that are chained and
-- signed. Rows are never changed and never deleted (but the one of audit_chain, which moves on); what each means stands in
-- server/docs/AUDIT.md.

CREATE TABLE audit_records (
    tenant_id TEXT NOT NULL,
    -- The id of what it is about: a lead, or a thing that is configured.
    subject TEXT NOT NULL,
    -- Its batch, and its place in it from 0.
    batch BIGINT NOT NULL,
    position BIGINT NOT NULL,
    -- 'lead', or what kind of thing is configured.
    kind TEXT NOT NULL,
    -- The bytes that were hashed.
    record TEXT NOT NULL,
    PRIMARY KEY (tenant_id, subject, batch, position)
);

CREATE TABLE audit_batches (
    -- From 1, without a gap.
    number BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    -- The head of the batch before.
    previous BYTEA NOT NULL,
    root BYTEA NOT NULL,
    -- The hashes of its records, 32 bytes each: a proof needs no other record, and damage is told to the record.
    leaves BYTEA NOT NULL,
    head BYTEA NOT NULL,
    signature BYTEA NOT NULL
);

-- One row: the end of the chain, locked by whoever adds to it. Hashes are hexadecimal here, so that nothing is empty bytes
-- before the first batch.
CREATE TABLE audit_chain (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    -- Empty until the first batch is sealed.
    public_key TEXT NOT NULL,
    -- The last lead that came in before there was an audit; leads up to it need no record.
    after_lead TEXT NOT NULL,
    number BIGINT NOT NULL,
    head TEXT NOT NULL
);
INSERT INTO audit_chain (id, public_key, after_lead, number, head)
SELECT 1, '', COALESCE(MAX(id), ''), 0, '' FROM leads;
