CREATE TABLE account (
  tenant TEXT NOT NULL REFERENCES tenant (id),
  id TEXT NOT NULL,
  username TEXT NOT NULL,
  username_key TEXT NOT NULL,
  claims TEXT NOT NULL,
  phone_verified_at BIGINT,
  disabled_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  epoch BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (tenant, id),
  UNIQUE (tenant, username_key)
) WITHOUT ROWID; -- sqlite
); -- postgres

CREATE TABLE account_email (
  tenant TEXT NOT NULL,
  account TEXT NOT NULL,
  address_key TEXT NOT NULL,
  address TEXT NOT NULL,
  verified_at BIGINT,
  is_primary BOOLEAN NOT NULL,
  PRIMARY KEY (tenant, account, address_key),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE UNIQUE INDEX account_email_verified ON account_email (tenant, address_key) WHERE verified_at IS NOT NULL;
CREATE UNIQUE INDEX account_email_primary ON account_email (tenant, account) WHERE is_primary;

-- Who may act: the account and its tenant are enabled.
CREATE VIEW active_account AS
  SELECT a.tenant, a.id, a.epoch
  FROM account a JOIN tenant t ON t.id = a.tenant
  WHERE a.disabled_at IS NULL AND t.disabled_at IS NULL;
