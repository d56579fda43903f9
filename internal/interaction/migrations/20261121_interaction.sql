CREATE TABLE interaction (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  browser BLOB NOT NULL, -- sqlite
  browser BYTEA NOT NULL, -- postgres
  kind TEXT NOT NULL,
  about TEXT NOT NULL,
  request TEXT NOT NULL,
  account TEXT NOT NULL,
  facts TEXT NOT NULL,
  session TEXT NOT NULL,
  decision TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID; -- sqlite
); -- postgres
