-- What the record said last of things that change outside of the gateway's requests.
CREATE TABLE noted (
  what     TEXT NOT NULL PRIMARY KEY, -- configuration, signing_keys, sealing_keys, audit_keys
  value    TEXT NOT NULL, -- the configuration's version; of keys a keyed hash of their ids
  event_id TEXT           -- the event that said so; NULL where it was seen for the first time
);
