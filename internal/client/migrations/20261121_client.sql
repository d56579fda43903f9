CREATE TABLE client (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  secret BLOB, -- sqlite
  old_secret BLOB, -- sqlite
  secret BYTEA, -- postgres
  old_secret BYTEA, -- postgres
  old_until BIGINT,
  metadata TEXT NOT NULL,
  disabled_at BIGINT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID; -- sqlite
); -- postgres
