-- The log as it is written: all tenants, in the order of transactions.
CREATE TABLE event (
  ord BIGINT NOT NULL,
  n BIGINT NOT NULL,
  tenant TEXT NOT NULL,
  at BIGINT NOT NULL,
  action TEXT NOT NULL,
  outcome TEXT NOT NULL,
  actor TEXT NOT NULL,
  caller TEXT NOT NULL,
  resource TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (ord, n)
) WITHOUT ROWID; -- sqlite
); -- postgres

-- The log as it is read: one dense sequence per tenant.
CREATE TABLE event_log (
  tenant TEXT NOT NULL,
  position BIGINT NOT NULL,
  ord BIGINT NOT NULL,
  n BIGINT NOT NULL,
  action TEXT NOT NULL,
  actor TEXT NOT NULL,
  resource TEXT NOT NULL,
  PRIMARY KEY (tenant, position)
) WITHOUT ROWID; -- sqlite
); -- postgres
CREATE INDEX event_log_resource ON event_log (tenant, resource, position);
CREATE INDEX event_log_actor ON event_log (tenant, actor, position);

-- How far Sequence has come.
CREATE TABLE event_cursor (
  one BIGINT PRIMARY KEY CHECK (one = 1),
  ord BIGINT NOT NULL
);
INSERT INTO event_cursor (one, ord) VALUES (1, 0);
