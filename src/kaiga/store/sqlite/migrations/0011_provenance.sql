-- The SHA-256 of a file as its engine made it, before it was labelled; NULL where nothing is known.
ALTER TABLE results ADD COLUMN made_digest BLOB;

-- What made the results of an attempt, as the engine told it, as a JSON object.
ALTER TABLE attempts ADD COLUMN made_by TEXT;
