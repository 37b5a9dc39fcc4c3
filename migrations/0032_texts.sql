-- The words consumers agree to, with their versions, and which version each lead came with.

CREATE TABLE consent_texts (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    -- What a campaign names it by; it never changes.
    slug TEXT NOT NULL,
    -- JSON: id, slug, name, locale.
    doc TEXT NOT NULL,
    -- JSON: what the next version is to say; none when nothing was written since the last one.
    draft TEXT,
    draft_author TEXT,
    draft_at BIGINT,
    -- Raised whenever the draft or the text is changed; a change names the one it was made from.
    revision BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, id),
    UNIQUE (tenant_id, slug)
);

-- Rows are never changed and never deleted.
CREATE TABLE consent_versions (
    tenant_id TEXT NOT NULL,
    text_id TEXT NOT NULL,
    n BIGINT NOT NULL,
    -- JSON: what it says, its code, who published it, when and why.
    doc TEXT NOT NULL,
    PRIMARY KEY (tenant_id, text_id, n),
    FOREIGN KEY (tenant_id, text_id) REFERENCES consent_texts (tenant_id, id)
);

-- Which words a lead came with. The words themselves are personal and lie sealed with the lead; this is only their number.
CREATE TABLE lead_consents (
    tenant_id TEXT NOT NULL,
    lead_id TEXT NOT NULL,
    text_id TEXT NOT NULL,
    -- None when they are no version's.
    n BIGINT,
    standing TEXT NOT NULL CHECK (standing IN ('published', 'other_text', 'unknown', 'absent')),
    campaign_id TEXT NOT NULL,
    source_id TEXT NOT NULL,
    mode TEXT NOT NULL CHECK (mode IN ('live', 'test')),
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, lead_id)
);
CREATE INDEX lead_consents_at ON lead_consents (tenant_id, mode, at);
