CREATE TABLE inbox_message (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  channel TEXT NOT NULL,
  account TEXT NOT NULL,
  recipient TEXT NOT NULL,
  subject TEXT NOT NULL,
  body TEXT NOT NULL,
  html TEXT NOT NULL,
  links TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID; -- sqlite
); -- postgres
