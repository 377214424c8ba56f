"""A store under test, with a way to look at its tables beside it.

The contract suites see nothing of a store but its ports and this. A second store joins them by a
class of the same shape, with the same names of tables and columns, and a name in `STORES`.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import apsw

from fakes import SetPolicy
from kaiga.ports.key_store import KeyStore
from kaiga.ports.limit_store import LimitStore
from kaiga.ports.outbox import Outbox
from kaiga.ports.result_list import ResultList
from kaiga.ports.task_store import TaskStore
from kaiga.ports.usage_ledger import UsageLedger
from kaiga.ports.webhook_store import WebhookStore
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
        connection = apsw.Connection(str(self.path), flags=apsw.SQLITE_OPEN_READONLY)
        try:
            return list(connection.execute(query, bindings))
        finally:
            connection.close()

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


STORES = {"sqlite": OpenedSqlite, "memory": OpenedMemory}
