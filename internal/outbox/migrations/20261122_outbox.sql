-- Whose effect it is: an account's id, or '' for nobody's.
ALTER TABLE outbox ADD COLUMN subject TEXT NOT NULL DEFAULT '';
CREATE INDEX outbox_subject ON outbox (tenant, subject);
-- A worker asks for the kinds that it has carriers for.
DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (kind, due_at) WHERE given_up_at IS NULL;
