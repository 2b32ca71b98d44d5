-- Each session of a client of an older revision has one stream of news: the newest.
ALTER TABLE client_session ADD COLUMN stream TEXT; -- a random number for the one that is open
