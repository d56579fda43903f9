CREATE TABLE brand (
  tenant TEXT NOT NULL REFERENCES tenant (id),
  scope TEXT NOT NULL,
  client TEXT,
  theme TEXT NOT NULL,
  version BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, scope),
  FOREIGN KEY (tenant, client) REFERENCES client (tenant, id) ON DELETE CASCADE
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE INDEX brand_client ON brand (tenant, client);

CREATE TABLE brand_image (
  tenant TEXT NOT NULL,
  scope TEXT NOT NULL,
  slot TEXT NOT NULL,
  hash TEXT NOT NULL,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  png BLOB NOT NULL, -- sqlite
  png BYTEA NOT NULL, -- postgres
  PRIMARY KEY (tenant, scope, slot),
  FOREIGN KEY (tenant, scope) REFERENCES brand (tenant, scope) ON DELETE CASCADE
);
CREATE INDEX brand_image_hash ON brand_image (tenant, hash);
