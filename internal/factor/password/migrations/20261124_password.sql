-- A password that an administrator gave for the time being: its owner chooses another at the next
-- sign-in.
CREATE TABLE password_temporary (
  tenant TEXT NOT NULL,
  account TEXT NOT NULL,
  set_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, account),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
