-- Plain SQLite: D1, Spin SQLite and the tests apply the same text. docs/storage.md says what each table is for.
-- Moments are milliseconds since 1970. Sealed and hashed values are base64url text.

-- The configuration, newest version last.
CREATE TABLE config_version (
  version    INTEGER PRIMARY KEY,
  toml       TEXT    NOT NULL,
  created_at INTEGER NOT NULL
);

-- What a pseudonym stands for: sealed under its person's data key.
CREATE TABLE pii_mapping (
  person     TEXT    NOT NULL,
  service    TEXT    NOT NULL,
  pseudonym  TEXT    NOT NULL,
  value      TEXT    NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (person, pseudonym, service)
) WITHOUT ROWID;
CREATE INDEX pii_mapping_expiry ON pii_mapping (expires_at);

-- Calls that wait for their person's own yes, or have it.
CREATE TABLE confirmation (
  id          TEXT    PRIMARY KEY,
  person      TEXT    NOT NULL,
  service     TEXT    NOT NULL,
  tool        TEXT    NOT NULL,
  digest      TEXT    NOT NULL,
  arguments   TEXT    NOT NULL,
  approved_at INTEGER,
  expires_at  INTEGER NOT NULL
);
CREATE UNIQUE INDEX confirmation_call ON confirmation (person, digest);
CREATE INDEX confirmation_expiry ON confirmation (expires_at);
