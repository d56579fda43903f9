CREATE TABLE apitoken (
  tenant TEXT NOT NULL,
  digest BLOB NOT NULL, -- sqlite
  digest BYTEA NOT NULL, -- postgres
  id TEXT NOT NULL,
  account TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, digest),
  UNIQUE (tenant, id),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE INDEX apitoken_account ON apitoken (tenant, account, id);
