-- Tasks wait in lanes, one for each account and model, and within a lane by rank: the time of
-- submission, moved forward by priority. Work is what a task counts in its account's share.
ALTER TABLE tasks RENAME COLUMN lane TO catalogue_model;
ALTER TABLE tasks ADD COLUMN rank_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE tasks ADD COLUMN work REAL NOT NULL DEFAULT 1;
DROP INDEX tasks_waiting;
CREATE INDEX tasks_waiting ON tasks (account, catalogue_model, rank_ms, id)
WHERE status = 'PENDING';
