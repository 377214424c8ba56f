-- Files that clients have uploaded, by what they name after `oss://`.
CREATE TABLE uploads (
    account TEXT NOT NULL,
    key TEXT NOT NULL,
    model TEXT NOT NULL,
    object_key TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    uploaded_ms INTEGER NOT NULL,
    expires_ms INTEGER NOT NULL,
    PRIMARY KEY (account, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX uploads_by_object ON uploads (object_key);
CREATE INDEX uploads_expiring ON uploads (expires_ms);
