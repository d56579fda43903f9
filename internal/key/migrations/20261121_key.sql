CREATE TABLE signing_key (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  alg TEXT NOT NULL,
  state TEXT NOT NULL,
  public TEXT NOT NULL,
  sealed BLOB, -- sqlite
  sealed BYTEA, -- postgres
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE UNIQUE INDEX signing_key_used ON signing_key (tenant, alg) WHERE state = 'used';
CREATE UNIQUE INDEX signing_key_published ON signing_key (tenant, alg) WHERE state = 'published';
