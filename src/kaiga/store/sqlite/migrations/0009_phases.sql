-- What an attempt was at for how many milliseconds, as a JSON object; NULL where nothing is known.
ALTER TABLE attempts ADD COLUMN phases TEXT;
