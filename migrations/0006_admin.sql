-- Administrators: their tokens, and the end of somebody's access at once.

-- Grows when an administrator ends the person's access: access tokens of an earlier one are void.
ALTER TABLE person ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;

-- Keyed hash of the e-mail address, to find people by it; NULL until they sign in after this migration.
ALTER TABLE person ADD COLUMN address TEXT;
CREATE INDEX person_address ON person (address);

-- When the identity provider is known to have had the person prove who they are; 0 when it is not.
ALTER TABLE session ADD COLUMN proven_at INTEGER NOT NULL DEFAULT 0;

-- Tokens of administrators' programs.
CREATE TABLE admin_token (
  id         TEXT    NOT NULL PRIMARY KEY,
  token_hash TEXT    NOT NULL UNIQUE, -- SHA-256 of the token
  name       TEXT    NOT NULL,
  scopes     TEXT    NOT NULL, -- separated by spaces
  person     TEXT    NOT NULL, -- person.id of the administrator it goes back to: it counts as long as they are one
  generation INTEGER NOT NULL, -- person.generation when it was made: it counts no longer than that
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
);
CREATE INDEX admin_token_person ON admin_token (person);
CREATE INDEX admin_token_expires ON admin_token (expires_at);
