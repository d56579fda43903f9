-- Links go by mail, which room mailbox sends.
DROP INDEX outofband_link;
ALTER TABLE outofband_code DROP COLUMN link;
