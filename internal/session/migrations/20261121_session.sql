CREATE TABLE session (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  digest BLOB NOT NULL, -- sqlite
  digest BYTEA NOT NULL, -- postgres
  account TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  facts TEXT NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  idle_seconds BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE UNIQUE INDEX session_digest ON session (tenant, digest);
CREATE INDEX session_account ON session (tenant, account, id);
