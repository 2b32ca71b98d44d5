-- The token vault: people's accounts at services. All tokens are sealed under the person's data key.

-- A person's account at a service.
CREATE TABLE connection (
  person      TEXT    NOT NULL, -- person.id
  service     TEXT    NOT NULL,
  grant_text  TEXT,             -- tokens, and where and as which client they were got; sealed; NULL once it is dead
  scope       TEXT    NOT NULL, -- what was granted
  wanted      TEXT    NOT NULL DEFAULT '', -- what the service wants besides
  created_at  INTEGER NOT NULL,
  token_until INTEGER NOT NULL, -- when the access token is over
  generation  INTEGER NOT NULL DEFAULT 0, -- grows with each refresh
  lease_until INTEGER NOT NULL DEFAULT 0, -- until when one instance alone refreshes
  PRIMARY KEY (person, service)
) WITHOUT ROWID;

-- People on their way through a service's authorization server: deleted by coming back.
CREATE TABLE connecting (
  state_hash TEXT    NOT NULL PRIMARY KEY, -- SHA-256 of `state`
  person     TEXT    NOT NULL, -- person.id
  session    TEXT    NOT NULL, -- session.id_hash: the browser that began
  service    TEXT    NOT NULL,
  secrets    TEXT    NOT NULL, -- PKCE verifier, server, client; sealed
  expires_at INTEGER NOT NULL
);
CREATE INDEX connecting_person ON connecting (person);
CREATE INDEX connecting_expires ON connecting (expires_at);

-- The gateway's own registrations at authorization servers (RFC 7591), sealed by the sealing keys.
CREATE TABLE service_client (
  service      TEXT    NOT NULL,
  issuer       TEXT    NOT NULL,
  registration TEXT    NOT NULL, -- client id, secret, how it proves itself; sealed
  expires_at   INTEGER NOT NULL,
  PRIMARY KEY (service, issuer)
) WITHOUT ROWID;
CREATE INDEX service_client_expires ON service_client (expires_at);

-- The tools that a person's account was last shown, for when the account has to be connected anew.
CREATE TABLE service_tools (
  person     TEXT    NOT NULL, -- person.id
  service    TEXT    NOT NULL,
  tools      TEXT    NOT NULL, -- the list as the service gave it; sealed
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (person, service)
) WITHOUT ROWID;
CREATE INDEX service_tools_expires ON service_tools (expires_at);
