-- The digest of the link in a letter that has one.
ALTER TABLE mailbox_code ADD COLUMN link BLOB; -- sqlite
ALTER TABLE mailbox_code ADD COLUMN link BYTEA; -- postgres
CREATE UNIQUE INDEX mailbox_link ON mailbox_code (tenant, link) WHERE link IS NOT NULL;
