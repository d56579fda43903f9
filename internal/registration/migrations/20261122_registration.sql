-- Which terms a person accepted, and when.
CREATE TABLE terms_acceptance (
  tenant TEXT NOT NULL,
  account TEXT NOT NULL,
  version TEXT NOT NULL,
  accepted_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, account, version),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres

-- Who was asked to join. The link itself is a one-time value that names the row.
CREATE TABLE invitation (
  tenant TEXT NOT NULL REFERENCES tenant (id),
  id TEXT NOT NULL,
  address TEXT NOT NULL,
  address_key TEXT NOT NULL,
  name TEXT NOT NULL,
  places TEXT NOT NULL,
  inviter_kind TEXT NOT NULL,
  inviter TEXT NOT NULL,
  account TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  ended_at BIGINT,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE INDEX invitation_address ON invitation (tenant, address_key);
CREATE INDEX invitation_account ON invitation (tenant, account);
