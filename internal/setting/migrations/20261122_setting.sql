CREATE TABLE setting (
  tenant TEXT NOT NULL REFERENCES tenant (id),
  name TEXT NOT NULL,
  document TEXT NOT NULL,
  version BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, name)
) WITHOUT ROWID; -- sqlite
); -- postgres
