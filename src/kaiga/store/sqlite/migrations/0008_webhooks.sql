-- Who is told of the ends of tasks: addresses of accounts, and those that single tasks name.
ALTER TABLE tasks ADD COLUMN webhook TEXT;
CREATE TABLE webhooks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    account TEXT NOT NULL,
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    created_ms INTEGER NOT NULL,
    disabled_ms INTEGER,
    UNIQUE (account, url)
) STRICT;

-- One row per task and address, written by the transaction that ends the task. It has all that
-- the notice says, so that it outlives the task, and then what came of sending it. One that waits
-- is due, or is planned for `next_ms` and made due then.
DROP TABLE outbox;
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id TEXT NOT NULL,
    account TEXT NOT NULL,
    url TEXT NOT NULL,
    origin TEXT NOT NULL,
    is_of_task INTEGER NOT NULL,
    status TEXT NOT NULL,
    key_id TEXT NOT NULL,
    request_id TEXT NOT NULL,
    region TEXT NOT NULL,
    operation TEXT NOT NULL,
    model TEXT NOT NULL,
    started_ms INTEGER NOT NULL,
    ended_ms INTEGER NOT NULL,
    state TEXT NOT NULL DEFAULT 'WAITING',
    is_due INTEGER NOT NULL DEFAULT 1,
    next_ms INTEGER,
    tries INTEGER NOT NULL DEFAULT 0,
    first_tried_ms INTEGER,
    last_tried_ms INTEGER,
    done_ms INTEGER,
    answer_status INTEGER,
    answer TEXT NOT NULL DEFAULT '',
    trouble TEXT NOT NULL DEFAULT '',
    UNIQUE (task_id, url)
) STRICT;
CREATE INDEX outbox_due ON outbox (account, origin, id) WHERE is_due = 1;
CREATE INDEX outbox_planned ON outbox (next_ms) WHERE next_ms IS NOT NULL;
CREATE INDEX outbox_of_account ON outbox (account, id);
CREATE INDEX outbox_done ON outbox (done_ms) WHERE done_ms IS NOT NULL;
