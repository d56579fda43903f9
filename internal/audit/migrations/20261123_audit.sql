-- Whether a caller who was nobody yet merely said that they were the event's person.
ALTER TABLE event ADD COLUMN claimed BOOLEAN NOT NULL DEFAULT FALSE;
