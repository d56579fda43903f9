-- Who the person says they are, until something is proved.
ALTER TABLE interaction ADD COLUMN identifier TEXT NOT NULL DEFAULT '';
