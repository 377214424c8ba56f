"""A store under test, with a way to look at its tables beside it.

The contract suites see nothing of a store but its ports and this. A second store joins them by a
class of the same shape, with the same names of tables and columns, and a name in `STORES`.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Protocol, Self

from edition import share_postgres
from fakes import SetPolicy
from kaiga.ports.key_store import KeyStore
from kaiga.ports.limit_store import LimitStore
from kaiga.ports.outbox import Outbox
from kaiga.ports.result_list import ResultList
from kaiga.ports.task_store import TaskStore
from kaiga.ports.usage_ledger import UsageLedger
from kaiga.ports.webhook_store import WebhookStore
from kaiga.store.postgres.connecting import Line, PostgresPlace
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.key_store import PostgresKeyStore
from kaiga.store.postgres.limit_store import PostgresLimitStore
from kaiga.store.postgres.migrating import migrate
from kaiga.store.postgres.outbox import PostgresOutbox
from kaiga.store.postgres.partitions import list_days_ahead, make_day
from kaiga.store.postgres.result_list import PostgresResultList
from kaiga.store.postgres.task_store import PostgresTaskStore
from kaiga.store.postgres.usage_ledger import PostgresUsageLedger
from kaiga.store.postgres.webhook_store import PostgresWebhookStore
from kaiga.store.sqlite import (
    SqliteDatabase,
    SqliteKeyStore,
    SqliteLimitStore,
    SqliteOutbox,
    SqliteResultList,
    SqliteTaskStore,
    SqliteUsageLedger,
    SqliteWebhookStore,
)
from kaiga.store.sqlite.connecting import open_connection
from raw_rows import PostgresRows, SqliteRows


class OpenedStore(Protocol):
    """An open store."""

    tasks: TaskStore
    keys: KeyStore
    policy: SetPolicy
    limits: LimitStore
    webhooks: WebhookStore
    outbox: Outbox
    results: ResultList
    usage: UsageLedger

    def select(self, query: str, *bindings: str | int) -> list[tuple[object, ...]]:
        """Read committed rows over a connection of its own."""
        ...

    def read_everything(self) -> bytes:
        """Give every byte that the store has written."""
        ...

    async def reopen(self) -> None:
        """Close it and open it again, as a restart does."""
        ...

    async def close(self) -> None: ...


class OpenedSqlite:
    """The SQLite store, in a folder of its own; to be made inside a running event loop."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "kaiga.db"
        self.policy = SetPolicy()
        self._open()

    @classmethod
    async def start(cls, folder: Path) -> Self:
        return cls(folder)

    def _open(self) -> None:
        self.database = SqliteDatabase.open(self.path)
        self._open_stores()

    def _open_stores(self) -> None:
        self.tasks: TaskStore = SqliteTaskStore(self.database, self.policy)
        self.keys: KeyStore = SqliteKeyStore(self.database)
        self.limits: LimitStore = SqliteLimitStore(self.database)
        self.webhooks: WebhookStore = SqliteWebhookStore(self.database)
        self.outbox: Outbox = SqliteOutbox(self.database)
        self.results: ResultList = SqliteResultList(self.database)
        self.usage: UsageLedger = SqliteUsageLedger(self.database)

    def select(self, query: str, *bindings: str | int) -> list[tuple[object, ...]]:
        return SqliteRows(self.path).select(query, *bindings)

    def read_everything(self) -> bytes:
        files: Sequence[Path] = sorted(self.path.parent.iterdir())
        return b"".join(file.read_bytes() for file in files if file.is_file())

    async def reopen(self) -> None:
        self.database.close()
        self._open()

    async def close(self) -> None:
        self.database.close()


class OpenedMemory(OpenedSqlite):
    """The SQLite store in memory; a connection of the test's own keeps it over a restart."""

    def _open(self) -> None:
        if hasattr(self, "_keeper"):
            self.database = SqliteDatabase(self._place, open_connection(self._place))
        else:
            self.database = SqliteDatabase.open_in_memory()
            self._place = self.database.place
            self._keeper = open_connection(self._place)
        self._open_stores()

    def select(self, query: str, *bindings: str | int) -> list[tuple[object, ...]]:
        return list(self._keeper.execute(query, bindings))

    def read_everything(self) -> bytes:
        return self._keeper.serialize("main")

    async def close(self) -> None:
        await super().close()
        self._keeper.close()


class OpenedPostgres:
    """The PostgreSQL store, in a database of its own on a server that the session shares."""

    def __init__(self, find_way: Callable[[str], str]) -> None:
        self.policy = SetPolicy()
        self.url = share_postgres().make_database(make_template())
        self._rows = PostgresRows(self.url)
        self._place = PostgresPlace(find_way(self.url), self.url)

    @classmethod
    async def start(cls, _folder: Path, find_way: Callable[[str], str] = str) -> Self:
        """Open one; `find_way` gives the address of a pooler before a database."""
        store = cls(find_way)
        await store._open()
        return store

    async def _open(self) -> None:
        self.database = await PostgresDatabase.open(self._place)
        self.tasks: TaskStore = PostgresTaskStore(self.database, self.policy)
        self.keys: KeyStore = PostgresKeyStore(self.database)
        self.limits: LimitStore = PostgresLimitStore(self.database)
        self.webhooks: WebhookStore = PostgresWebhookStore(self.database)
        self.outbox: Outbox = PostgresOutbox(self.database)
        self.results: ResultList = PostgresResultList(self.database)
        self.usage: UsageLedger = PostgresUsageLedger(self.database)

    def select(self, query: str, *bindings: str | int) -> list[tuple[object, ...]]:
        return self._rows.select(query, *bindings)

    def read_everything(self) -> bytes:
        tables = self.select("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        rows = [row for (table,) in tables for row in self.select(f"TABLE {table}")]
        return b"".join(_to_bytes(value) for row in rows for value in row)

    async def reopen(self) -> None:
        """Close and open it, so much later that what was leased is free."""
        await self.database.close()
        self._rows.let_leases_of_notices_lapse()
        await self._open()

    async def close(self) -> None:
        await self.database.close()
        share_postgres().drop_database(self.url)


@cache
def make_template() -> str:
    """Make a database with the whole schema, of which each test has a copy."""
    url = share_postgres().make_database()

    async def prepare(connection: Line) -> None:
        await migrate(connection)
        for day in list_days_ahead(datetime.now(UTC)):
            await make_day(connection, day)

    PostgresRows(url).ask(prepare)
    return url.rpartition("/")[2]


def _to_bytes(value: object) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


STORES = {"sqlite": OpenedSqlite, "memory": OpenedMemory, "postgres": OpenedPostgres}
