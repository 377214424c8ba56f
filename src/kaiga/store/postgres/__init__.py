"""The store past one machine: one PostgreSQL, any number of nodes."""

from kaiga.store.postgres.connecting import UNAVAILABLE_ERRORS, PostgresPlace, connect
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.key_store import PostgresKeyStore
from kaiga.store.postgres.lease_clock import PostgresLeaseClock
from kaiga.store.postgres.limit_store import PostgresLimitStore
from kaiga.store.postgres.migrating import find_version, list_migrations
from kaiga.store.postgres.outbox import PostgresOutbox
from kaiga.store.postgres.progress_board import PostgresProgressBoard
from kaiga.store.postgres.rate_exchange import PostgresRateExchange
from kaiga.store.postgres.recent_failures import PostgresRecentFailures
from kaiga.store.postgres.result_list import PostgresResultList
from kaiga.store.postgres.roster import PostgresRoster
from kaiga.store.postgres.task_store import PostgresTaskStore
from kaiga.store.postgres.upload_store import PostgresUploadStore
from kaiga.store.postgres.upstream_calls import PostgresUpstreamCalls
from kaiga.store.postgres.usage_ledger import PostgresUsageLedger
from kaiga.store.postgres.webhook_store import PostgresWebhookStore

__all__ = [
    "UNAVAILABLE_ERRORS",
    "PostgresDatabase",
    "PostgresKeyStore",
    "PostgresLeaseClock",
    "PostgresLimitStore",
    "PostgresOutbox",
    "PostgresPlace",
    "PostgresProgressBoard",
    "PostgresRateExchange",
    "PostgresRecentFailures",
    "PostgresResultList",
    "PostgresRoster",
    "PostgresTaskStore",
    "PostgresUploadStore",
    "PostgresUpstreamCalls",
    "PostgresUsageLedger",
    "PostgresWebhookStore",
    "connect",
    "find_version",
    "list_migrations",
]
