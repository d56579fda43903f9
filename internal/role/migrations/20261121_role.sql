CREATE TABLE role (
  tenant TEXT NOT NULL REFERENCES tenant (id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, name)
) WITHOUT ROWID; -- sqlite
); -- postgres

CREATE TABLE role_permission (
  tenant TEXT NOT NULL,
  role TEXT NOT NULL,
  resource TEXT NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (tenant, role, resource, name),
  FOREIGN KEY (tenant, role) REFERENCES role (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE INDEX role_permission_resource ON role_permission (tenant, resource);
