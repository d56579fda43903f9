CREATE TABLE consent (
  tenant TEXT NOT NULL,
  account TEXT NOT NULL,
  client TEXT NOT NULL,
  resource TEXT NOT NULL,
  scopes TEXT NOT NULL,
  granted_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, account, client, resource),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE,
  FOREIGN KEY (tenant, client) REFERENCES client (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
