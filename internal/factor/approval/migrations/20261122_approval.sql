-- Requests to approve a sign-in on another device of the same person. Rows stay for a while after
-- they are over: they are counted.
CREATE TABLE approval_request (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  account TEXT NOT NULL,
  interaction TEXT NOT NULL,
  browser BLOB NOT NULL, -- sqlite
  browser BYTEA NOT NULL, -- postgres
  number BIGINT NOT NULL,
  choices TEXT NOT NULL,
  state TEXT NOT NULL,
  client TEXT NOT NULL,
  address TEXT NOT NULL,
  agent TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, id),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE INDEX approval_request_account ON approval_request (tenant, account, created_at);
