-- How many imported passwords of the tenant still have the hash of another system, by the decoy
-- that costs as much (package foreign).
CREATE TABLE password_import (
  tenant TEXT NOT NULL REFERENCES tenant (id),
  decoy TEXT NOT NULL,
  remaining BIGINT NOT NULL,
  PRIMARY KEY (tenant, decoy)
) WITHOUT ROWID; -- sqlite
); -- postgres

-- How many passwords the tenant had when an import last counted.
CREATE TABLE password_census (
  tenant TEXT NOT NULL REFERENCES tenant (id),
  passwords BIGINT NOT NULL,
  counted_at BIGINT NOT NULL,
  PRIMARY KEY (tenant)
) WITHOUT ROWID; -- sqlite
); -- postgres
