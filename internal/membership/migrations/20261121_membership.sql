CREATE TABLE account_group (
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

CREATE TABLE group_member (
  tenant TEXT NOT NULL,
  group_id TEXT NOT NULL,
  account TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, group_id, account),
  FOREIGN KEY (tenant, group_id) REFERENCES account_group (tenant, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE INDEX group_member_account ON group_member (tenant, account);

-- role is a built-in name, or the id of a role of the tenant, which custom then repeats.
CREATE TABLE account_role (
  tenant TEXT NOT NULL,
  role TEXT NOT NULL,
  account TEXT NOT NULL,
  custom TEXT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, role, account),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant, custom) REFERENCES role (tenant, id) ON DELETE CASCADE,
  CHECK (CASE WHEN role IN ('owner', 'admin', 'auditor') THEN custom IS NULL ELSE custom IS NOT NULL AND custom = role END)
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE INDEX account_role_account ON account_role (tenant, account);

CREATE TABLE group_role (
  tenant TEXT NOT NULL,
  role TEXT NOT NULL,
  group_id TEXT NOT NULL,
  custom TEXT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, role, group_id),
  FOREIGN KEY (tenant, group_id) REFERENCES account_group (tenant, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant, custom) REFERENCES role (tenant, id) ON DELETE CASCADE,
  CHECK (CASE WHEN role IN ('owner', 'admin', 'auditor') THEN custom IS NULL ELSE custom IS NOT NULL AND custom = role END)
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE INDEX group_role_group ON group_role (tenant, group_id);
