-- A code on its way to an address, for one purpose of one thing under way. Until it is proved the
-- address may be anybody's, and the account is nobody.
CREATE TABLE mailbox_code (
  tenant TEXT NOT NULL,
  purpose TEXT NOT NULL,
  bound TEXT NOT NULL,
  browser BLOB NOT NULL, -- sqlite
  browser BYTEA NOT NULL, -- postgres
  account TEXT NOT NULL,
  address TEXT NOT NULL,
  sent_to TEXT NOT NULL,
  note TEXT NOT NULL,
  locale TEXT NOT NULL,
  code BLOB, -- sqlite
  code BYTEA, -- postgres
  code_until BIGINT,
  tries BIGINT NOT NULL,
  proved_at BIGINT,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, purpose, bound)
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE INDEX mailbox_code_account ON mailbox_code (tenant, account);
