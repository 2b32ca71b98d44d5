-- What services say of their tools, and which of it may be shown to models.
CREATE TABLE pin (
  digest     TEXT    NOT NULL PRIMARY KEY, -- keyed hash of the service, the tool and the definition
  service    TEXT    NOT NULL,
  tool       TEXT    NOT NULL, -- keyed hash of the service and the tool's name
  name       TEXT    NOT NULL, -- the tool's name, sealed
  definition TEXT    NOT NULL, -- sealed; nothing where it is too large to be shown
  state      TEXT    NOT NULL, -- pinned, waiting or rejected
  why        TEXT    NOT NULL, -- why it was pinned or had to wait
  flags      TEXT    NOT NULL, -- what speaks against it: names, separated by spaces
  compared   TEXT,             -- digest of the definition that it differs from
  first_seen INTEGER NOT NULL,
  decided_by TEXT,             -- person.id of the administrator who decided; NULL where nobody did
  decided_at INTEGER
);
CREATE INDEX pin_tool ON pin (service, tool);
CREATE INDEX pin_state ON pin (state, first_seen);
