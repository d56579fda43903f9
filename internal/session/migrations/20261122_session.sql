-- Until when, and for how long without use, the session counts as what was proved at its beginning;
-- afterwards as one factor (NIST SP 800-63B-4 §2.2.3, §2.3.3).
ALTER TABLE session ADD COLUMN strong_until BIGINT;
ALTER TABLE session ADD COLUMN strong_idle_seconds BIGINT NOT NULL DEFAULT 0;
-- Digest of the accounts cookie of the browser in which it began.
ALTER TABLE session ADD COLUMN browser BLOB; -- sqlite
ALTER TABLE session ADD COLUMN browser BYTEA; -- postgres
CREATE INDEX session_browser ON session (tenant, browser);
