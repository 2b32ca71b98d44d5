-- The way of the audit chain to the sinks of the configuration ([[audit.sink]]).

-- How far each has got.
CREATE TABLE audit_delivery (
  sink          TEXT    NOT NULL PRIMARY KEY, -- its id in the configuration
  seq           INTEGER NOT NULL, -- records up to here are done with: taken, or dead letters
  lease         TEXT,             -- who delivers
  lease_until   INTEGER NOT NULL DEFAULT 0, -- until when nobody else does
  not_before    INTEGER NOT NULL DEFAULT 0, -- when the next attempt is due
  failures      INTEGER NOT NULL DEFAULT 0, -- failed attempts in a row
  errors        INTEGER NOT NULL DEFAULT 0, -- those of them that the sink answered
  failing_since INTEGER,          -- when the first of them was
  reason        TEXT,             -- why the last one failed
  status        INTEGER,          -- the HTTP status of its answer
  told          INTEGER NOT NULL DEFAULT 0, -- whether the chain says last that it fails
  told_at       INTEGER NOT NULL DEFAULT 0  -- when the chain said so last
);

-- Records that a sink did not take: their places, never their texts.
CREATE TABLE audit_dead_letter (
  id        INTEGER PRIMARY KEY,
  sink      TEXT    NOT NULL, -- its id in the configuration
  first_seq INTEGER NOT NULL, -- audit_log.seq of the first record
  last_seq  INTEGER NOT NULL, -- and of the last
  reason    TEXT    NOT NULL, -- why it did not take them
  status    INTEGER,          -- the HTTP status of its answer
  at        INTEGER NOT NULL, -- when that was
  replay_at INTEGER           -- when an administrator asked to send them again; NULL where nobody has
);
CREATE INDEX audit_dead_letter_sink ON audit_dead_letter (sink, first_seq);
