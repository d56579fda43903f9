-- The account that an event concerns, '' for none, and what of it is personal, sealed.
ALTER TABLE event ADD COLUMN person TEXT NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN sealed BLOB; -- sqlite
ALTER TABLE event ADD COLUMN sealed BYTEA; -- postgres

ALTER TABLE event_log ADD COLUMN person TEXT NOT NULL DEFAULT '';
UPDATE event_log SET person = CASE WHEN substr(resource, 1, 4) = 'acc_' THEN resource ELSE substr(actor, 9) END
  WHERE substr(resource, 1, 4) = 'acc_' OR substr(actor, 1, 8) = 'account:';
CREATE INDEX event_log_person ON event_log (tenant, person, position) WHERE person <> '';

-- A key per person, and one a month for callers whom nobody knows. An erased person's row stays
-- without its key, so that none is made again.
CREATE TABLE person_key (
  tenant TEXT NOT NULL,
  owner TEXT NOT NULL,
  sealed BLOB, -- sqlite
  sealed BYTEA, -- postgres
  created_at BIGINT NOT NULL,
  ends_at BIGINT,
  erased_at BIGINT,
  PRIMARY KEY (tenant, owner)
) WITHOUT ROWID; -- sqlite
); -- postgres
