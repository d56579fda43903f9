-- How far ahead of the clock each lane is (GCRA); the lane's name is a MAC of a destination.
CREATE TABLE notify_lane (
  tenant TEXT NOT NULL,
  lane BLOB NOT NULL, -- sqlite
  lane BYTEA NOT NULL, -- postgres
  tat BIGINT NOT NULL,
  PRIMARY KEY (tenant, lane)
) WITHOUT ROWID; -- sqlite
); -- postgres
