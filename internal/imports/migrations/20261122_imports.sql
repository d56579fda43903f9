-- One file that is or was imported, by its digest.
CREATE TABLE import_run (
  tenant TEXT NOT NULL REFERENCES tenant (id),
  id TEXT NOT NULL,
  size BIGINT NOT NULL,
  lines BIGINT NOT NULL,
  done BIGINT NOT NULL,
  imported BIGINT NOT NULL,
  rejected BIGINT NOT NULL,
  started_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  finished_at BIGINT,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID; -- sqlite
); -- postgres

-- Lines of a file that made no account, and why. What stood in them is not kept.
CREATE TABLE import_rejection (
  tenant TEXT NOT NULL,
  run TEXT NOT NULL,
  line BIGINT NOT NULL,
  field TEXT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (tenant, run, line),
  FOREIGN KEY (tenant, run) REFERENCES import_run (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres

-- What another system called an account.
CREATE TABLE import_origin (
  tenant TEXT NOT NULL,
  account TEXT NOT NULL,
  run TEXT NOT NULL,
  external_id TEXT NOT NULL,
  PRIMARY KEY (tenant, account),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
