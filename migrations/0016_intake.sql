-- What an API key opens: JSON, nothing for our own API; a platform's routes or a tool's hook otherwise.
ALTER TABLE api_keys ADD COLUMN used_as TEXT NOT NULL DEFAULT '';
-- What the sender at a hook signs with, sealed under the tenant's key, in hexadecimal digits; nothing when it does not sign.
ALTER TABLE api_keys ADD COLUMN secret TEXT NOT NULL DEFAULT '';
