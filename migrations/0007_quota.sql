-- How many calls were made, where `[[access.quotas]]` limits them.
CREATE TABLE quota_use (
  key   TEXT    NOT NULL PRIMARY KEY, -- keyed hash of the quota and of what it counts apart
  until INTEGER NOT NULL, -- when the stretch of time ends in which they were counted
  used  INTEGER NOT NULL  -- at most one more than there may be
);
CREATE INDEX quota_use_until ON quota_use (until);
