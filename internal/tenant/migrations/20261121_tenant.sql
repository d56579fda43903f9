CREATE TABLE tenant (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  display_name TEXT NOT NULL,
  mfa_enforced BOOLEAN NOT NULL,
  disabled_at BIGINT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL
) WITHOUT ROWID; -- sqlite
); -- postgres
INSERT INTO tenant (id, name, display_name, mfa_enforced, created_at, version) VALUES ('default', 'default', 'Default', FALSE, 0, 1);
