-- A call that its person said no to is remembered until its time is over, so that nobody is asked again.
ALTER TABLE confirmation ADD COLUMN denied_at INTEGER; -- when no was said
