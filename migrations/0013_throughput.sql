-- How much people pull through the gateway, what of it was unusual, and who is held for it.

-- Counted by the audit consumer, in the transaction that extends the chain.
CREATE TABLE throughput (
  id      INTEGER PRIMARY KEY,
  person  TEXT    NOT NULL, -- person.id
  role    TEXT    NOT NULL, -- as in the events
  client  TEXT    NOT NULL, -- keyed hash, as in the events
  service TEXT    NOT NULL,
  tool    TEXT    NOT NULL, -- as in the events; empty for what is no call of a tool
  span    TEXT    NOT NULL, -- 'hour' or 'day'
  begins  INTEGER NOT NULL,
  calls   INTEGER NOT NULL,
  bytes   INTEGER NOT NULL,
  records INTEGER NOT NULL,
  UNIQUE (person, span, begins, service, tool, client, role)
);
CREATE INDEX throughput_begins ON throughput (span, begins);

-- What is usual in a role.
CREATE TABLE throughput_role (
  role           TEXT    NOT NULL,
  span           TEXT    NOT NULL,
  calls          INTEGER NOT NULL, -- medians
  bytes          INTEGER NOT NULL,
  records        INTEGER NOT NULL,
  calls_spread   INTEGER NOT NULL, -- median absolute deviations
  bytes_spread   INTEGER NOT NULL,
  records_spread INTEGER NOT NULL,
  computed_at    INTEGER NOT NULL,
  PRIMARY KEY (role, span)
) WITHOUT ROWID;

-- What was unusual: once for each person, measure and stretch of time.
CREATE TABLE throughput_alert (
  id         TEXT    NOT NULL PRIMARY KEY, -- the event's id
  person     TEXT    NOT NULL, -- person.id
  role       TEXT    NOT NULL,
  span       TEXT    NOT NULL,
  begins     INTEGER NOT NULL,
  what       TEXT    NOT NULL, -- 'calls', 'bytes' or 'records'
  amount     INTEGER NOT NULL,
  usual      INTEGER, -- NULL when nothing is known to be usual
  most       INTEGER NOT NULL, -- what would not have been unusual
  at         INTEGER NOT NULL,
  webhook_at INTEGER, -- when the webhook is to be told next; NULL when it need not be
  tries      INTEGER NOT NULL DEFAULT 0,
  UNIQUE (person, span, begins, what)
);
CREATE INDEX throughput_alert_at ON throughput_alert (at);
CREATE INDEX throughput_alert_webhook ON throughput_alert (webhook_at);

-- People whose calls wait for an administrator.
CREATE TABLE hold (
  id          TEXT    NOT NULL PRIMARY KEY,
  person      TEXT    NOT NULL, -- person.id
  alert       TEXT    NOT NULL, -- throughput_alert.id
  placed_at   INTEGER NOT NULL,
  released_at INTEGER
);
CREATE INDEX hold_person ON hold (person);
CREATE UNIQUE INDEX hold_open ON hold (person) WHERE released_at IS NULL;
