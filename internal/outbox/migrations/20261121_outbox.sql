CREATE TABLE outbox (
  tenant TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  payload TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  attempts BIGINT NOT NULL,
  last_error TEXT NOT NULL,
  given_up_at BIGINT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (tenant, id)
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE INDEX outbox_due ON outbox (due_at) WHERE given_up_at IS NULL;
