-- Since when a running task is to be stopped at its owner's wish; it never waits again.
ALTER TABLE tasks ADD COLUMN cancel_requested_ms INTEGER;
