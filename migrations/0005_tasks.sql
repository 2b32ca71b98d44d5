-- Tasks of services that are asked with one credential for everybody: whose they are.
CREATE TABLE service_task (
  person     TEXT    NOT NULL, -- person.id
  service    TEXT    NOT NULL,
  task       TEXT    NOT NULL, -- keyed hash of its id
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (person, service, task)
) WITHOUT ROWID;
CREATE INDEX service_task_expires ON service_task (expires_at);
