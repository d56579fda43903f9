-- What a person was asked for at a sign-in, and may have left out.
CREATE TABLE claim_asked (
  tenant TEXT NOT NULL,
  account TEXT NOT NULL,
  claim TEXT NOT NULL,
  asked_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, account, claim),
  FOREIGN KEY (tenant, account) REFERENCES account (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
