-- The authorization server whole: codes that notice their second use.

-- How often its client has presented a code: once counts, a second time ends what it was exchanged for.
ALTER TABLE oauth_code ADD COLUMN presented INTEGER NOT NULL DEFAULT 0;
