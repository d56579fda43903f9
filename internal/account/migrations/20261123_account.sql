-- The picture that a person uploaded: its name, or ''. How pages look to them: '', light or dark.
ALTER TABLE account ADD COLUMN avatar TEXT NOT NULL DEFAULT '';
ALTER TABLE account ADD COLUMN theme TEXT NOT NULL DEFAULT '';

CREATE TABLE account_avatar (
  tenant TEXT NOT NULL,
  account TEXT NOT NULL,
  hash TEXT NOT NULL,
  png BLOB NOT NULL, -- sqlite
  png BYTEA NOT NULL, -- postgres
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, account),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
);
CREATE INDEX account_avatar_hash ON account_avatar (tenant, hash);
