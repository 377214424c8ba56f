-- Instants are milliseconds since 1970 in UTC. Lease deadlines are seconds of the lease clock.
-- Tables are clustered by their keys: task ids are UUID version 7, so rows append in time order.

CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    created_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE workspaces (
    account TEXT NOT NULL REFERENCES accounts (id),
    id TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_keys (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    hash BLOB NOT NULL,
    prefix TEXT NOT NULL,
    name TEXT NOT NULL,
    account TEXT NOT NULL,
    workspace TEXT NOT NULL,
    region TEXT,
    role TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    expires_ms INTEGER,
    last_used_ms INTEGER,
    revoked_ms INTEGER,
    FOREIGN KEY (account, workspace) REFERENCES workspaces (account, id)
) STRICT;
CREATE UNIQUE INDEX live_keys_by_hash ON api_keys (hash) WHERE revoked_ms IS NULL;
-- Lists show key ids as digits in text; seven of them look like the real service's.
INSERT INTO sqlite_sequence (name, seq) VALUES ('api_keys', 1000000);

-- What only this service knows: the pepper of key hashes, the keys that sign links.
CREATE TABLE secrets (
    purpose TEXT NOT NULL,
    id TEXT NOT NULL,
    value BLOB NOT NULL,
    created_ms INTEGER NOT NULL,
    replaced_ms INTEGER,
    PRIMARY KEY (purpose, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tasks (
    id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    workspace TEXT NOT NULL,
    key_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    lane TEXT NOT NULL,
    model TEXT NOT NULL,
    operation TEXT NOT NULL,
    generation BLOB,
    request BLOB,
    request_object TEXT,
    status TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    worker TEXT,
    lease_deadline REAL,
    engine TEXT NOT NULL,
    actual_prompt TEXT,
    submitted_ms INTEGER NOT NULL,
    scheduled_ms INTEGER,
    ended_ms INTEGER,
    expires_ms INTEGER,
    failure_code TEXT,
    failure_message TEXT,
    usage BLOB
) STRICT, WITHOUT ROWID;
CREATE INDEX tasks_waiting ON tasks (lane, id) WHERE status = 'PENDING';
CREATE INDEX tasks_running ON tasks (lease_deadline) WHERE status = 'RUNNING';
CREATE INDEX tasks_expiring ON tasks (expires_ms) WHERE expires_ms IS NOT NULL;
CREATE INDEX tasks_of_account ON tasks (account, id);
CREATE INDEX tasks_with_request_object ON tasks (request_object) WHERE request_object IS NOT NULL;

-- One row per attempt; cause is NULL while it runs and when it ended its task.
CREATE TABLE attempts (
    task_id TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    worker TEXT NOT NULL,
    engine TEXT NOT NULL,
    claimed_ms INTEGER NOT NULL,
    ended_ms INTEGER,
    cause TEXT,
    PRIMARY KEY (task_id, attempt)
) STRICT, WITHOUT ROWID;

-- One row per picture ordered, with an object or a reason why there is none.
CREATE TABLE results (
    task_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    object_key TEXT,
    media_type TEXT,
    size_bytes INTEGER,
    failure_code TEXT,
    failure_message TEXT,
    PRIMARY KEY (task_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX results_by_object ON results (object_key) WHERE object_key IS NOT NULL;

-- Media that came with a request: references only, the bytes lie in the object store.
CREATE TABLE inputs (
    task_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    member TEXT NOT NULL,
    object_key TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    PRIMARY KEY (task_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX inputs_by_object ON inputs (object_key);

-- What was used; it outlives the task. The key makes a task impossible to bill twice.
CREATE TABLE usage_ledger (
    task_id TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    workspace TEXT NOT NULL,
    key_id TEXT NOT NULL,
    model TEXT NOT NULL,
    usage BLOB NOT NULL,
    ended_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX usage_of_account ON usage_ledger (account, ended_ms);

-- Notices that a task has ended, written in the transaction that ends it.
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id TEXT NOT NULL UNIQUE,
    account TEXT NOT NULL,
    status TEXT NOT NULL,
    created_ms INTEGER NOT NULL
) STRICT;
