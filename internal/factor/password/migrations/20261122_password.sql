-- How far ahead of the clock each lane is (GCRA); the lane's name is a MAC.
CREATE TABLE password_lane (
  tenant TEXT NOT NULL,
  lane BLOB NOT NULL, -- sqlite
  lane BYTEA NOT NULL, -- postgres
  tat BIGINT NOT NULL,
  PRIMARY KEY (tenant, lane)
) WITHOUT ROWID; -- sqlite
); -- postgres

-- Consecutive failures of a subject: an account, or a bucket of names that nobody has.
CREATE TABLE password_record (
  tenant TEXT NOT NULL,
  subject BLOB NOT NULL, -- sqlite
  subject BYTEA NOT NULL, -- postgres
  total BIGINT NOT NULL,
  strangers BIGINT NOT NULL,
  stranger_at BIGINT,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, subject)
) WITHOUT ROWID; -- sqlite
); -- postgres

-- Browsers that have signed in to an account with its password.
CREATE TABLE password_device (
  tenant TEXT NOT NULL,
  account TEXT NOT NULL,
  digest BLOB NOT NULL, -- sqlite
  digest BYTEA NOT NULL, -- postgres
  failures BIGINT NOT NULL,
  failed_at BIGINT,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, account, digest),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE INDEX password_device_digest ON password_device (tenant, digest);
