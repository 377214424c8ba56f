-- Calls made to another server for tasks of ours: the intent is there before the call is sent, and
-- the other server's id of the task once it is known.
CREATE TABLE upstream_calls (
    task_id TEXT NOT NULL,
    engine TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    model TEXT NOT NULL,
    intended_ms INTEGER NOT NULL,
    upstream_id TEXT,
    PRIMARY KEY (task_id, engine)
) STRICT, WITHOUT ROWID;
CREATE INDEX upstream_calls_by_id ON upstream_calls (engine, upstream_id)
    WHERE upstream_id IS NOT NULL;
CREATE INDEX upstream_calls_open ON upstream_calls (engine, model) WHERE upstream_id IS NULL;
