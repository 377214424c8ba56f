-- Tasks belong to a region; empty for those of before there were regions.
ALTER TABLE tasks ADD COLUMN region TEXT NOT NULL DEFAULT '';

-- A result may be a file beside the one asked for, or no file but what was found out.
ALTER TABLE results ADD COLUMN part TEXT NOT NULL DEFAULT '';
ALTER TABLE results ADD COLUMN findings BLOB;
