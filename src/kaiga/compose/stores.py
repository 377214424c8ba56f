"""Opens the stores that the settings name: SQLite on one machine, PostgreSQL for several."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kaiga.domain.errors import SettingInvalid
from kaiga.domain.limits import LimitBook
from kaiga.ports.clock import LeaseClock
from kaiga.ports.key_store import KeyStore
from kaiga.ports.limit_store import LimitStore
from kaiga.ports.outbox import Outbox
from kaiga.ports.progress_board import ProgressBoard
from kaiga.ports.rate_exchange import RateExchange
from kaiga.ports.recent_failures import RecentFailures
from kaiga.ports.result_list import ResultList
from kaiga.ports.roster import Roster
from kaiga.ports.snapshots import Snapshots
from kaiga.ports.task_store import TaskStore
from kaiga.ports.upload_store import UploadStore
from kaiga.ports.upstream_calls import UpstreamCalls
from kaiga.ports.usage_ledger import UsageLedger
from kaiga.ports.webhook_store import WebhookStore
from kaiga.settings import Settings
from kaiga.store.sqlite import (
    SqliteAccountStore,
    SqliteDatabase,
    SqliteKeyStore,
    SqliteLimitStore,
    SqliteOutbox,
    SqlitePacedStore,
    SqliteRecentFailures,
    SqliteResultList,
    SqliteSnapshots,
    SqliteTaskStore,
    SqliteUploadStore,
    SqliteUpstreamCalls,
    SqliteUsageLedger,
    SqliteWebhookStore,
)
from kaiga.system_clock import MonotonicLeaseClock

if TYPE_CHECKING:
    from kaiga.store.postgres import PostgresDatabase

CommitListener = Callable[[int, float], None]
"""Is told of each commit's writes and seconds; it may be called on any thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """Everything that is kept in one database; `book` is what its limits are judged by."""

    book: LimitBook
    tasks: TaskStore
    keys: KeyStore
    limits: LimitStore
    webhooks: WebhookStore
    outbox: Outbox
    results: ResultList
    uploads: UploadStore
    upstream_calls: UpstreamCalls
    usage: UsageLedger
    failures: RecentFailures
    snapshots: Snapshots | None
    """None where the database has backups of its own."""
    lease_clock: LeaseClock
    progress_board: ProgressBoard | None
    """None where the tasks of this database run in this process alone; so are the next two."""
    rate_exchange: RateExchange | None
    roster: Roster | None
    on_commit: Callable[[CommitListener], None]
    alone: "SqliteDatabase | None"
    """The database that nobody else opens: what an emulator needs."""
    shared: "PostgresDatabase | None"
    """The database that other nodes open as well."""
    works: tuple[Callable[[], Awaitable[None]], ...] = ()
    """What has to go on for as long as the stores are open."""


@asynccontextmanager
async def open_stores(settings: Settings) -> AsyncGenerator[Stores]:
    """Open them for as long as the block lasts.

    Raises:
        StartRefused: the database can't be used; the message says why.
        SettingInvalid: an emulator is to use a database that it can't.
    """
    if settings.is_shared:
        if settings.emulator:
            raise SettingInvalid(
                "KAIGA_STORE=postgresql://... is not for an emulator: it keeps its tasks in "
                "SQLite, or in memory. Leave KAIGA_STORE out."
            )
        opened = _open_postgres(settings)
    elif settings.emulator_memory:
        opened = open_in_memory(settings)
    else:
        opened = _open_sqlite(settings)
    async with opened as stores:
        yield stores


@asynccontextmanager
async def open_in_memory(settings: Settings) -> AsyncGenerator[Stores]:
    """Open empty ones of this process's memory for as long as the block lasts."""
    database = SqliteDatabase.open_in_memory()
    try:
        yield _build_on_sqlite(settings, database)
    finally:
        database.close()


@asynccontextmanager
async def _open_sqlite(settings: Settings) -> AsyncGenerator[Stores]:
    database = SqliteDatabase.open(settings.database_path, of_emulator=settings.emulator)
    try:
        yield _build_on_sqlite(settings, database)
    finally:
        database.close()


def _build_on_sqlite(settings: Settings, database: SqliteDatabase) -> Stores:
    book = LimitBook(settings.limits)
    return Stores(
        book=book,
        tasks=_open_sqlite_tasks(settings, database, book),
        keys=SqliteKeyStore(database),
        limits=SqliteLimitStore(database),
        webhooks=SqliteWebhookStore(database),
        outbox=SqliteOutbox(database),
        results=SqliteResultList(database),
        uploads=SqliteUploadStore(database),
        upstream_calls=SqliteUpstreamCalls(database),
        usage=SqliteUsageLedger(database),
        failures=SqliteRecentFailures(database),
        snapshots=SqliteSnapshots(database.place),
        lease_clock=MonotonicLeaseClock(),
        progress_board=None,
        rate_exchange=None,
        roster=None,
        on_commit=database.writer.on_commit,
        alone=database,
        shared=None,
    )


def _open_sqlite_tasks(
    settings: Settings, database: SqliteDatabase, book: LimitBook
) -> SqliteTaskStore:
    kind = SqlitePacedStore if settings.emulator else SqliteTaskStore
    return kind(database, book, retries=settings.retries)


@asynccontextmanager
async def _open_postgres(settings: Settings) -> AsyncGenerator[Stores]:
    from kaiga.store import postgres  # noqa: PLC0415  its library, only where it is named

    place = postgres.PostgresPlace(settings.store, settings.store_direct or settings.store)
    database = await postgres.PostgresDatabase.open(place)
    book = LimitBook(settings.limits)
    lease_clock = postgres.PostgresLeaseClock(database.reader)
    try:
        await lease_clock.measure()
        yield Stores(
            book=book,
            tasks=postgres.PostgresTaskStore(database, book, retries=settings.retries),
            keys=postgres.PostgresKeyStore(database),
            limits=postgres.PostgresLimitStore(database),
            webhooks=postgres.PostgresWebhookStore(database),
            outbox=postgres.PostgresOutbox(database),
            results=postgres.PostgresResultList(database),
            uploads=postgres.PostgresUploadStore(database),
            upstream_calls=postgres.PostgresUpstreamCalls(database),
            usage=postgres.PostgresUsageLedger(database),
            failures=postgres.PostgresRecentFailures(database),
            snapshots=None,
            lease_clock=lease_clock,
            progress_board=postgres.PostgresProgressBoard(database),
            rate_exchange=postgres.PostgresRateExchange(database),
            roster=postgres.PostgresRoster(database),
            on_commit=database.writer.on_commit,
            alone=None,
            shared=database,
            works=(lease_clock.run,),
        )
    finally:
        await database.close()


def open_accounts(stores: Stores) -> SqliteAccountStore:
    """Give an emulator's accounts.

    Raises:
        SettingInvalid: the database is another node's as well.
    """
    if stores.alone is None:
        raise SettingInvalid("An emulator keeps its tasks in SQLite, or in memory.")
    return SqliteAccountStore(stores.alone)
