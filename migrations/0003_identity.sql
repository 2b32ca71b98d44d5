-- The authorization server whole: codes that notice their second use, consents that are remembered and taken back.

-- How often its client has presented a code: once counts, a second time ends what it was exchanged for.
ALTER TABLE oauth_code ADD COLUMN presented INTEGER NOT NULL DEFAULT 0;

-- What a person has permitted a client. Nothing in it makes a client known, and it grants nothing by itself.
CREATE TABLE consent (
  person      TEXT    NOT NULL, -- person.id
  client      TEXT    NOT NULL,
  destination TEXT    NOT NULL, -- where the client's answers go: a host, or an app's scheme
  resource    TEXT    NOT NULL,
  services    TEXT    NOT NULL, -- JSON list of ids: those that the page named
  role        TEXT    NOT NULL, -- the person's role then
  scope       TEXT    NOT NULL,
  name        TEXT    NOT NULL, -- what the client called itself
  created_at  INTEGER NOT NULL,
  expires_at  INTEGER NOT NULL,
  PRIMARY KEY (person, client, destination, resource)
) WITHOUT ROWID;
CREATE INDEX consent_expires ON consent (expires_at);

-- Whether only a client that proves who it is may redeem the code, or the token: what its metadata document said when
-- the person consented.
ALTER TABLE oauth_code ADD COLUMN proof INTEGER NOT NULL DEFAULT 0;
ALTER TABLE refresh_token ADD COLUMN proof INTEGER NOT NULL DEFAULT 0;

-- Assertions of clients and of the identity provider that were accepted: each counts once.
CREATE TABLE assertion (
  id_hash    TEXT    NOT NULL PRIMARY KEY, -- keyed hash of who made it, and its jti
  expires_at INTEGER NOT NULL
);
CREATE INDEX assertion_expires ON assertion (expires_at);
