-- Digest of the device cookie that the browser had when the session began: what is remembered of the
-- browser ends with the session.
ALTER TABLE session ADD COLUMN device BLOB; -- sqlite
ALTER TABLE session ADD COLUMN device BYTEA; -- postgres
