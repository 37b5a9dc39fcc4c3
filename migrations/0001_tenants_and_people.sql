-- Companies, the people who work for them, and what signs them in.

CREATE TABLE tenants (
    id TEXT NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    -- IANA zone in which "today" begins on the tenant's screens.
    zone TEXT NOT NULL,
    active BIGINT NOT NULL CHECK (active IN (0, 1)),
    -- The tenant's key, sealed under the server's master key.
    key_sealed BYTEA NOT NULL
);

CREATE TABLE users (
    tenant_id TEXT NOT NULL REFERENCES tenants (id),
    id TEXT NOT NULL,
    -- In lower case; one person signs in at one place, so it is unique over the server.
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('admin', 'operator', 'viewer', 'buyer')),
    buyer_id TEXT,
    -- argon2id in PHC form.
    password_hash TEXT NOT NULL,
    active BIGINT NOT NULL CHECK (active IN (0, 1)),
    PRIMARY KEY (tenant_id, id)
);
-- A session carries only the person's id.
CREATE UNIQUE INDEX users_id ON users (id);

CREATE TABLE sessions (
    -- A hash of the cookie, made by the server: a copy of this table signs nobody in.
    id TEXT NOT NULL PRIMARY KEY,
    data TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    user_id TEXT
);
CREATE INDEX sessions_expires ON sessions (expires_at);
CREATE INDEX sessions_user ON sessions (user_id) WHERE user_id IS NOT NULL;

-- Tries to sign in per bucket (a hash of address and name, made by the server) since its window began.
CREATE TABLE sign_in_attempts (
    bucket TEXT NOT NULL PRIMARY KEY,
    since BIGINT NOT NULL,
    tries BIGINT NOT NULL
);
CREATE INDEX sign_in_attempts_since ON sign_in_attempts (since);

-- One row: raised in the same transaction as every change of configuration, so that servers know when to read it anew.
CREATE TABLE config_version (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    version BIGINT NOT NULL
);
INSERT INTO config_version (id, version) VALUES (1, 1);

-- Running servers. A server whose heartbeat is too old is dead, and its unfinished leads are adopted by another.
CREATE TABLE processes (
    id TEXT NOT NULL PRIMARY KEY,
    started_at BIGINT NOT NULL,
    heartbeat_at BIGINT NOT NULL
);
