-- From which origins a publishable key may be used: a JSON list; nothing for every other key.
ALTER TABLE api_keys ADD COLUMN origins TEXT NOT NULL DEFAULT '';
