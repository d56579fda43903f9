-- When a person asked for the account's deletion, and when it is due.
ALTER TABLE account ADD COLUMN deletion_asked_at BIGINT;
ALTER TABLE account ADD COLUMN deletion_due_at BIGINT;
CREATE INDEX account_deletion ON account (deletion_due_at) WHERE deletion_due_at IS NOT NULL;

-- Who may act: the account and its tenant are enabled. One whose deletion is due may do nothing
-- but call that off: sessions look at the time.
DROP VIEW active_account;
CREATE VIEW active_account AS
  SELECT a.tenant, a.id, a.epoch, a.deletion_due_at
  FROM account a JOIN tenant t ON t.id = a.tenant
  WHERE a.disabled_at IS NULL AND t.disabled_at IS NULL;
