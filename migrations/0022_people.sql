-- People: extra rights, affiliates, invitations and resets by mail, second factors, and what people did.

CREATE TABLE people (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    -- In lower case; one person signs in at one place, so it is unique over the server.
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'operator', 'viewer', 'buyer', 'affiliate')),
    buyer_id TEXT,
    source_id TEXT,
    -- Words with commas; NULL: those of the role.
    rights TEXT,
    -- Whether the person looks after all tenants of the server.
    superadmin BIGINT NOT NULL CHECK (superadmin IN (0, 1)),
    -- argon2id in PHC form; empty until an invitation is taken up.
    password_hash TEXT NOT NULL,
    active BIGINT NOT NULL CHECK (active IN (0, 1)),
    PRIMARY KEY (tenant_id, id)
);
-- A session carries only the person's id.
CREATE UNIQUE INDEX people_id ON people (id);
INSERT INTO people (tenant_id, id, email, name, role, buyer_id, superadmin, password_hash, active)
SELECT tenant_id, id, email, name, role, buyer_id, 0, password_hash, active FROM users;
DROP TABLE users;

-- Links in mail that let a person choose a password: once, and until they expire.
CREATE TABLE people_links (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    -- SHA-256 of what stands in the link, in hexadecimal digits: a copy of this table opens nothing.
    hash TEXT NOT NULL UNIQUE,
    expires_at BIGINT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX people_links_user ON people_links (tenant_id, user_id);
CREATE INDEX people_links_expires ON people_links (expires_at);

CREATE TABLE second_factors (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    user_id TEXT NOT NULL,
    -- The secret that codes are made from, sealed under the tenant's key.
    secret BYTEA NOT NULL,
    -- When the person showed that the codes are right; until then it does nothing.
    confirmed_at BIGINT,
    -- The step of the last code that was taken: no code is taken twice.
    last_step BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, user_id)
);

-- What signs a person in without the second factor, once each. Only hashes.
CREATE TABLE recovery_codes (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    user_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (tenant_id, user_id, hash)
);

-- What people did that is no change of the configuration. Rows are sealed in the audit and never changed.
CREATE TABLE activities (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    at BIGINT NOT NULL,
    -- A person's or a token's id, or 'command-line'.
    actor TEXT NOT NULL,
    -- What people called the actor then.
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    -- The id of whom or what it was about.
    object TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
CREATE INDEX activities_at ON activities (tenant_id, at, id);

-- JSON: what holds for everybody of the tenant, and its limits.
ALTER TABLE tenants ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

-- Whether people and tokens from before the audit knew them are sealed: that is done once, by the first start. Whoever is
-- there later without a record was put there by somebody else.
ALTER TABLE audit_chain ADD COLUMN people_sealed BIGINT NOT NULL DEFAULT 0 CHECK (people_sealed IN (0, 1));
