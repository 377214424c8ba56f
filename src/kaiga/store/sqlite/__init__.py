"""The store of the one-machine edition: one SQLite file, one writing process.

It must never be opened by two processes at once; `file_lock` sees to that.
"""

from kaiga.store.sqlite.account_store import SqliteAccountStore
from kaiga.store.sqlite.database import SqliteDatabase
from kaiga.store.sqlite.file_lock import FileLock
from kaiga.store.sqlite.key_store import SqliteKeyStore
from kaiga.store.sqlite.limit_store import SqliteLimitStore
from kaiga.store.sqlite.outbox import SqliteOutbox
from kaiga.store.sqlite.paced_store import SqlitePacedStore
from kaiga.store.sqlite.recent_failures import SqliteRecentFailures
from kaiga.store.sqlite.result_list import SqliteResultList
from kaiga.store.sqlite.snapshots import SnapshotFile, SqliteSnapshots
from kaiga.store.sqlite.task_store import SqliteTaskStore
from kaiga.store.sqlite.upload_store import SqliteUploadStore
from kaiga.store.sqlite.upstream_calls import SqliteUpstreamCalls
from kaiga.store.sqlite.usage_ledger import SqliteUsageLedger
from kaiga.store.sqlite.webhook_store import SqliteWebhookStore

__all__ = [
    "FileLock",
    "SnapshotFile",
    "SqliteAccountStore",
    "SqliteDatabase",
    "SqliteKeyStore",
    "SqliteLimitStore",
    "SqliteOutbox",
    "SqlitePacedStore",
    "SqliteRecentFailures",
    "SqliteResultList",
    "SqliteSnapshots",
    "SqliteTaskStore",
    "SqliteUploadStore",
    "SqliteUpstreamCalls",
    "SqliteUsageLedger",
    "SqliteWebhookStore",
]
