-- A version of the configuration stays as it was when it ran: the table only grows, at its end.
-- (INSERT OR REPLACE deletes without a delete trigger; hence the first one.)
CREATE TRIGGER config_version_grows_at_its_end BEFORE INSERT ON config_version
WHEN NEW.version <= (SELECT coalesce(max(version), 0) FROM config_version)
BEGIN SELECT RAISE(ABORT, 'config_version grows at its end only'); END;
CREATE TRIGGER config_version_is_never_changed BEFORE UPDATE ON config_version
BEGIN SELECT RAISE(ABORT, 'config_version is never changed: store another version'); END;
CREATE TRIGGER config_version_is_never_deleted BEFORE DELETE ON config_version
BEGIN SELECT RAISE(ABORT, 'config_version is never deleted from: store another version'); END;
