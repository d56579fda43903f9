-- Codes and links that were sent, until they are used. The account is empty where nobody was found;
-- then nothing was sent, and nothing fits.
CREATE TABLE outofband_code (
  tenant TEXT NOT NULL,
  place TEXT NOT NULL,
  purpose TEXT NOT NULL,
  account TEXT NOT NULL,
  code BLOB NOT NULL, -- sqlite
  code BYTEA NOT NULL, -- postgres
  link BLOB, -- sqlite
  link BYTEA, -- postgres
  tries BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, place, purpose)
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE UNIQUE INDEX outofband_link ON outofband_code (tenant, link) WHERE link IS NOT NULL;
CREATE INDEX outofband_account ON outofband_code (tenant, account);
