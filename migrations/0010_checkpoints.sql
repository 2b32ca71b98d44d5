-- Signed checkpoints of the audit chain, and deletion of what is older than is to be kept: only from the beginning, only
-- up to a checkpoint, and the checkpoint stays.

-- What was signed, newest last. Those of deleted records go with the records, but for the one up to which was deleted.
CREATE TABLE audit_checkpoint (
  seq  INTEGER PRIMARY KEY, -- the record that was the last
  hash TEXT    NOT NULL,    -- its hash
  at   INTEGER NOT NULL,
  note TEXT    NOT NULL     -- the signed note
);
CREATE TRIGGER audit_checkpoint_is_of_a_record BEFORE INSERT ON audit_checkpoint
WHEN NOT EXISTS (SELECT 1 FROM audit_log WHERE seq = NEW.seq AND hash = NEW.hash)
  OR NEW.seq <= (SELECT coalesce(max(seq), 0) FROM audit_checkpoint)
BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is of a later record of audit_log'); END;
CREATE TRIGGER audit_checkpoint_is_never_changed BEFORE UPDATE ON audit_checkpoint
BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is never changed'); END;

-- Up to which records the chain was deleted. Adding a row deletes them.
CREATE TABLE audit_pruned (
  seq      INTEGER PRIMARY KEY, -- the last record that was deleted
  event_id TEXT    NOT NULL,    -- the event that tells of it
  at       INTEGER NOT NULL
);
CREATE TRIGGER audit_pruned_is_up_to_a_checkpoint BEFORE INSERT ON audit_pruned
WHEN NOT EXISTS (SELECT 1 FROM audit_checkpoint WHERE seq = NEW.seq)
  OR NOT EXISTS (SELECT 1 FROM audit_log WHERE seq = NEW.seq)
  OR NEW.seq >= (SELECT max(seq) FROM audit_log)
BEGIN SELECT RAISE(ABORT, 'audit_log is deleted only up to a signed checkpoint'); END;
CREATE TRIGGER audit_pruned_is_never_changed BEFORE UPDATE ON audit_pruned
BEGIN SELECT RAISE(ABORT, 'audit_pruned is never changed'); END;
CREATE TRIGGER audit_pruned_is_never_deleted BEFORE DELETE ON audit_pruned
BEGIN SELECT RAISE(ABORT, 'audit_pruned is never deleted from'); END;

DROP TRIGGER audit_log_is_never_deleted;
CREATE TRIGGER audit_log_is_deleted_up_to_a_checkpoint BEFORE DELETE ON audit_log
WHEN OLD.seq > (SELECT coalesce(max(seq), 0) FROM audit_pruned)
BEGIN SELECT RAISE(ABORT, 'audit_log is deleted only up to a signed checkpoint'); END;
CREATE TRIGGER audit_checkpoint_is_kept BEFORE DELETE ON audit_checkpoint
WHEN OLD.seq >= (SELECT coalesce(max(seq), 0) FROM audit_pruned)
BEGIN SELECT RAISE(ABORT, 'audit_checkpoint is deleted only with its records'); END;

CREATE TRIGGER audit_pruned_deletes AFTER INSERT ON audit_pruned
BEGIN
  DELETE FROM audit_log WHERE seq <= NEW.seq;
  DELETE FROM audit_checkpoint WHERE seq < NEW.seq;
END;
