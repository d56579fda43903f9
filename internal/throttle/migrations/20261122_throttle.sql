-- How far ahead of the clock each lane of attempts at codes is (GCRA); the lane's name is a MAC.
CREATE TABLE throttle_lane (
  tenant TEXT NOT NULL,
  lane BLOB NOT NULL, -- sqlite
  lane BYTEA NOT NULL, -- postgres
  tat BIGINT NOT NULL,
  PRIMARY KEY (tenant, lane)
) WITHOUT ROWID; -- sqlite
); -- postgres

-- Consecutive failures at an authenticator; its name, with the account's id in it, is a MAC.
CREATE TABLE throttle_record (
  tenant TEXT NOT NULL,
  authenticator BLOB NOT NULL, -- sqlite
  authenticator BYTEA NOT NULL, -- postgres
  failures BIGINT NOT NULL,
  failed_at BIGINT NOT NULL,
  stopped BOOLEAN NOT NULL,
  PRIMARY KEY (tenant, authenticator)
) WITHOUT ROWID; -- sqlite
); -- postgres
