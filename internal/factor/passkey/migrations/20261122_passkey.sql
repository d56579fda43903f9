-- A credential id is known once in a tenant (WebAuthn L3 §7.1): this row finds its owner, where
-- nobody said who is there.
CREATE TABLE passkey (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, account, kind, id) REFERENCES credential (tenant, account, kind, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE INDEX passkey_account ON passkey (tenant, account);
