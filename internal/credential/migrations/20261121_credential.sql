CREATE TABLE credential (
  tenant TEXT NOT NULL,
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  sealed BLOB NOT NULL, -- sqlite
  sealed BYTEA NOT NULL, -- postgres
  created_at BIGINT NOT NULL,
  used_at BIGINT,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, account, kind, id),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
