-- Tokens for services that are got without anybody connecting an account: the gateway's own, and those that are
-- exchanged for what says who a person is. Exchanged ones lie in `connection`, as those of people's accounts do.

-- The gateway's own tokens at services (client credentials).
CREATE TABLE service_token (
  service     TEXT    NOT NULL PRIMARY KEY,
  grant_text  TEXT,             -- the token, and where and as which client it was got; sealed; NULL before the first
  token_until INTEGER NOT NULL, -- when it is over
  generation  INTEGER NOT NULL DEFAULT 0, -- grows with each token
  lease_until INTEGER NOT NULL DEFAULT 0  -- until when one instance alone gets a new one
);

-- What the identity provider gave when a person signed in, where a service's token is got for it.
CREATE TABLE identity_token (
  person      TEXT    NOT NULL PRIMARY KEY, -- person.id
  tokens      TEXT    NOT NULL, -- ID, access and refresh token, as far as they are needed; sealed under the data key
  expires_at  INTEGER NOT NULL,
  generation  INTEGER NOT NULL DEFAULT 0, -- grows with each renewal and sign-in
  lease_until INTEGER NOT NULL DEFAULT 0  -- until when one instance alone renews
);
CREATE INDEX identity_token_expires ON identity_token (expires_at);

-- What an AI client that registered itself proves itself by, if by a key: its JWK set, or where that is, as JSON.
ALTER TABLE oauth_client ADD COLUMN keys TEXT;
