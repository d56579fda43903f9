CREATE TABLE resource (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  audience TEXT NOT NULL,
  name TEXT NOT NULL,
  token_format TEXT NOT NULL,
  token_alg TEXT NOT NULL,
  token_seconds BIGINT NOT NULL,
  client TEXT NOT NULL,
  disabled_at BIGINT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, audience)
) WITHOUT ROWID; -- sqlite
); -- postgres

CREATE TABLE resource_scope (
  tenant TEXT NOT NULL,
  resource TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  permission TEXT NOT NULL,
  PRIMARY KEY (tenant, resource, name),
  FOREIGN KEY (tenant, resource) REFERENCES resource (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
