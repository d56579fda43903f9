-- A tenant's own policies of sign-in, in Cedar.
CREATE TABLE assurance_policy (
  tenant TEXT NOT NULL REFERENCES tenant (id),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  source TEXT NOT NULL,
  enabled BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, name)
) WITHOUT ROWID; -- sqlite
); -- postgres

-- The built-in policies that a tenant has switched off.
CREATE TABLE assurance_off (
  tenant TEXT NOT NULL REFERENCES tenant (id),
  id TEXT NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID; -- sqlite
); -- postgres

-- Grows with every change of the policies: what is compiled in memory belongs to one version.
CREATE TABLE assurance_version (
  tenant TEXT NOT NULL REFERENCES tenant (id),
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant)
) WITHOUT ROWID; -- sqlite
); -- postgres

-- context is the circumstances as policies saw them, reasons what they said.
CREATE TABLE signin_attempt (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  account TEXT NOT NULL,
  client TEXT NOT NULL,
  at BIGINT NOT NULL,
  device TEXT NOT NULL,
  context TEXT NOT NULL,
  proof TEXT NOT NULL,
  outcome TEXT NOT NULL,
  refused BOOLEAN NOT NULL,
  notified BOOLEAN NOT NULL,
  reasons TEXT NOT NULL,
  session TEXT NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE INDEX signin_attempt_account ON signin_attempt (tenant, account, id);

-- Networks and countries that a person has signed in from.
CREATE TABLE known_place (
  tenant TEXT NOT NULL,
  account TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('network', 'country')),
  name TEXT NOT NULL,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, account, kind, name),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres

-- When and where a person signed in last, to millionths of a degree; NULL where it is not known.
CREATE TABLE last_signin (
  tenant TEXT NOT NULL,
  account TEXT NOT NULL,
  at BIGINT NOT NULL,
  latitude BIGINT,
  longitude BIGINT,
  PRIMARY KEY (tenant, account),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres

-- Browsers that a person asked to be remembered. epoch is the account's then: it ends with all
-- that the account has running.
CREATE TABLE remembered_device (
  tenant TEXT NOT NULL,
  account TEXT NOT NULL,
  digest BLOB NOT NULL, -- sqlite
  digest BYTEA NOT NULL, -- postgres
  epoch BIGINT NOT NULL,
  since BIGINT NOT NULL,
  PRIMARY KEY (tenant, account, digest),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
