-- MCP sessions that the gateway itself keeps: where client and service speak different revisions of the protocol, or
-- one address stands for several services. All contents are sealed under the person's data key.

-- What a client of an older revision said of itself when it began its session with the gateway.
CREATE TABLE client_session (
  id_hash    TEXT    NOT NULL PRIMARY KEY, -- SHA-256 of the session's id
  person     TEXT    NOT NULL, -- person.id
  service    TEXT    NOT NULL, -- the service's id; empty for all services
  facts      TEXT    NOT NULL, -- revision, capabilities, name, log level, subscriptions; sealed
  expires_at INTEGER NOT NULL
);
CREATE INDEX client_session_person ON client_session (person);
CREATE INDEX client_session_expires ON client_session (expires_at);

-- The gateway's own sessions with services of older revisions.
CREATE TABLE service_session (
  id         TEXT    NOT NULL PRIMARY KEY, -- keyed hash of person, service and what was said to the service
  person     TEXT    NOT NULL, -- person.id
  service    TEXT    NOT NULL,
  content    TEXT    NOT NULL, -- the session's id and what the service said of itself; sealed
  expires_at INTEGER NOT NULL
);
CREATE INDEX service_session_person ON service_session (person);
CREATE INDEX service_session_expires ON service_session (expires_at);

-- Questions of services that a client of an older revision is asked, and its answers: taken by whoever asked.
CREATE TABLE question (
  id         TEXT    NOT NULL PRIMARY KEY, -- random
  person     TEXT    NOT NULL, -- person.id
  answer     TEXT,             -- the JSON-RPC message; sealed; NULL until the client has answered
  expires_at INTEGER NOT NULL
);
CREATE INDEX question_person ON question (person);
CREATE INDEX question_expires ON question (expires_at);
