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
  fingerprint TEXT   NOT NULL,
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

-- AI clients that registered themselves (RFC 7591). Expires some time after its last use.
CREATE TABLE oauth_client (
  id            TEXT    NOT NULL PRIMARY KEY,
  name          TEXT    NOT NULL,
  redirect_uris TEXT    NOT NULL, -- JSON list
  secret_hash   TEXT,             -- SHA-256 of the secret; NULL for a public client
  created_at    INTEGER NOT NULL,
  expires_at    INTEGER NOT NULL
);
CREATE INDEX oauth_client_created ON oauth_client (created_at);
CREATE INDEX oauth_client_expires ON oauth_client (expires_at);

-- Authorization codes: deleted by being used.
CREATE TABLE oauth_code (
  code_hash    TEXT    NOT NULL PRIMARY KEY, -- SHA-256
  client       TEXT    NOT NULL,
  redirect_uri TEXT    NOT NULL,
  challenge    TEXT    NOT NULL, -- PKCE, S256
  resource     TEXT    NOT NULL,
  scope        TEXT    NOT NULL,
  person       TEXT    NOT NULL, -- person.id
  expires_at   INTEGER NOT NULL
);
CREATE INDEX oauth_code_expires ON oauth_code (expires_at);
CREATE INDEX oauth_code_person ON oauth_code (person);

-- Refresh tokens. A used one stays until it expires, so that its reuse is noticed.
CREATE TABLE refresh_token (
  token_hash TEXT    NOT NULL PRIMARY KEY, -- SHA-256
  family     TEXT    NOT NULL, -- all tokens that descend from one consent
  client     TEXT    NOT NULL,
  person     TEXT    NOT NULL, -- person.id
  resource   TEXT    NOT NULL,
  scope      TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at    INTEGER,          -- when it was first used
  answers    INTEGER NOT NULL DEFAULT 0, -- how many successors it was answered with
  successor  TEXT              -- hash of the latest of them
);
CREATE INDEX refresh_token_family ON refresh_token (family);
CREATE INDEX refresh_token_person ON refresh_token (person);
CREATE INDEX refresh_token_expires ON refresh_token (expires_at);

-- People who have signed in. Deleting a row erases whatever is sealed under its data key.
CREATE TABLE person (
  id         TEXT    NOT NULL PRIMARY KEY, -- keyed hash of issuer and subject
  data_key   TEXT    NOT NULL, -- wrapped by the sealing keys
  profile    TEXT,             -- e-mail address and name, sealed under the data key; NULL until the first sign-in ends
  created_at INTEGER NOT NULL,
  seen_at    INTEGER NOT NULL
);

-- Browser sessions.
CREATE TABLE session (
  id_hash    TEXT    NOT NULL PRIMARY KEY, -- SHA-256 of the cookie's value
  person     TEXT    NOT NULL, -- person.id
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX session_person ON session (person);
CREATE INDEX session_expires ON session (expires_at);

-- Sign-ins on their way through the identity provider: deleted by coming back.
CREATE TABLE login (
  state_hash TEXT    NOT NULL PRIMARY KEY, -- SHA-256 of `state`
  browser    TEXT    NOT NULL, -- SHA-256 of the cookie that binds the sign-in to its browser
  secrets    TEXT    NOT NULL, -- nonce, PKCE verifier, issuer, where to go afterwards; sealed
  expires_at INTEGER NOT NULL
);
CREATE INDEX login_expires ON login (expires_at);

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
