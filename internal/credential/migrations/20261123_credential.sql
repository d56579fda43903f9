-- What a factor keeps for a while until the person has confirmed it, for one place: a session, or
-- something under way.
CREATE TABLE credential_draft (
  tenant TEXT NOT NULL,
  account TEXT NOT NULL,
  kind TEXT NOT NULL,
  place TEXT NOT NULL,
  sealed BLOB NOT NULL, -- sqlite
  sealed BYTEA NOT NULL, -- postgres
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, account, kind, place),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
