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

-- The audit chain: one record per event, each bound to the one before. It only grows: records are added at its end,
-- none is changed, and none is deleted. (INSERT OR REPLACE deletes without a delete trigger; hence the first one.)
CREATE TABLE audit_log (
  seq      INTEGER PRIMARY KEY,
  event_id TEXT    NOT NULL UNIQUE,
  at       INTEGER NOT NULL,
  event    TEXT    NOT NULL,
  prev     TEXT    NOT NULL,
  hash     TEXT    NOT NULL
);
CREATE TRIGGER audit_log_grows_at_its_end BEFORE INSERT ON audit_log
WHEN NEW.seq IS NOT (SELECT coalesce(max(seq), 0) + 1 FROM audit_log)
  OR EXISTS (SELECT 1 FROM audit_log WHERE event_id = NEW.event_id)
BEGIN SELECT RAISE(ABORT, 'audit_log grows at its end only'); END;
CREATE TRIGGER audit_log_is_never_changed BEFORE UPDATE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit_log is never changed'); END;
CREATE TRIGGER audit_log_is_never_deleted BEFORE DELETE ON audit_log
BEGIN SELECT RAISE(ABORT, 'audit_log is never deleted from'); END;

-- Events that the queue did not take; they join the chain later.
CREATE TABLE audit_outbox (
  event_id TEXT    PRIMARY KEY,
  at       INTEGER NOT NULL,
  event    TEXT    NOT NULL
);

-- Messages on the queue that were no events: a keyed hash and a length, never the text.
CREATE TABLE audit_rejected (
  hash  TEXT    PRIMARY KEY,
  bytes INTEGER NOT NULL,
  at    INTEGER NOT NULL
);
