-- Which create made which task, for those that may be repeated under the same idempotency key.
CREATE TABLE submissions (
    account TEXT NOT NULL,
    workspace TEXT NOT NULL,
    key TEXT NOT NULL,
    body_digest BLOB NOT NULL,
    task_id TEXT NOT NULL,
    expires_ms INTEGER NOT NULL,
    PRIMARY KEY (account, workspace, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX submissions_expiring ON submissions (expires_ms);
