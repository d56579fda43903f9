CREATE TABLE one_time (
  tenant TEXT NOT NULL,
  kind TEXT NOT NULL,
  digest BLOB NOT NULL, -- sqlite
  digest BYTEA NOT NULL, -- postgres
  payload TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  spent_for TEXT,
  PRIMARY KEY (tenant, kind, digest)
) WITHOUT ROWID; -- sqlite
); -- postgres

-- A grant of a client that is gone is dead, for its client is not active; ids never come back.
CREATE TABLE issued_grant (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  client TEXT NOT NULL,
  account TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  session TEXT NOT NULL,
  terms TEXT NOT NULL,
  generation BIGINT NOT NULL,
  rotated_at BIGINT NOT NULL,
  idle_until BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  revoked_at BIGINT,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE INDEX issued_grant_account ON issued_grant (tenant, account, client);

CREATE TABLE opaque_token (
  tenant TEXT NOT NULL,
  digest BLOB NOT NULL, -- sqlite
  digest BYTEA NOT NULL, -- postgres
  grant_id TEXT NOT NULL,
  claims TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, digest)
) WITHOUT ROWID; -- sqlite
); -- postgres

CREATE TABLE revoked_token (
  tenant TEXT NOT NULL,
  jti TEXT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, jti)
) WITHOUT ROWID; -- sqlite
); -- postgres
