"""The rows of a store beside it, as somebody with the database reads and writes them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import apsw
import asyncpg

from kaiga.store.postgres.connecting import Line

T = TypeVar("T")
Rows = list[tuple[object, ...]]
_PATIENCE_MILLISECONDS = 10_000


class SqliteRows:
    """Those of a file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def select(self, query: str, *bindings: str | int) -> Rows:
        """Read committed rows; ids are text."""
        with closing(apsw.Connection(str(self._path), apsw.SQLITE_OPEN_READONLY)) as connection:
            return list(connection.execute(query, bindings))

    def insert(self, table: str, rows: Sequence[Sequence[object]]) -> None:
        """Write rows with a value for each column, in one transaction."""
        signs = ", ".join("?" * len(rows[0]))
        with self._opened() as connection, connection:
            connection.executemany(f"INSERT INTO {table} VALUES ({signs})", rows)  # noqa: S608  ours

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep everybody from writing tasks for as long as the block lasts; reads go on."""
        with self._opened() as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield

    def let_leases_of_notices_lapse(self) -> None:
        """Nothing: one process has the file, and what it was sending is free once it is gone."""

    @contextmanager
    def _opened(self) -> Iterator[apsw.Connection]:
        with closing(apsw.Connection(str(self._path), apsw.SQLITE_OPEN_READWRITE)) as connection:
            connection.set_busy_timeout(_PATIENCE_MILLISECONDS)
            yield connection


class PostgresRows:
    """Those of a PostgreSQL database; each call has a connection of its own."""

    def __init__(self, url: str) -> None:
        self._url = url

    def select(self, query: str, *bindings: str | int) -> Rows:
        """Read committed rows, by the same query as from a file."""
        numbers = count(1)
        numbered = "".join(f"${next(numbers)}" if sign == "?" else sign for sign in query)

        async def read(connection: Line) -> Rows:
            rows = await connection.fetch(numbered, *bindings)
            return [tuple(map(_without_uuid, row)) for row in rows]

        return self.ask(read)

    def insert(self, table: str, rows: Sequence[Sequence[object]]) -> None:
        """Write rows with a value for each column, in one transaction."""
        self.ask(lambda connection: connection.copy_records_to_table(table, records=rows))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep everybody from writing tasks for as long as the block lasts; reads go on."""
        with asyncio.Runner() as runner:
            connection = runner.run(_connect(self._url))
            runner.run(connection.execute("BEGIN; LOCK TABLE tasks IN EXCLUSIVE MODE"))
            try:
                yield
            finally:
                runner.run(connection.close())

    def let_leases_of_notices_lapse(self) -> None:
        """Have what a node was sending be free, as it is two minutes after the node is gone."""
        self.ask(lambda connection: connection.execute("UPDATE outbox SET leased_until = 0"))

    def ask(self, question: Callable[[Line], Awaitable[T]]) -> T:
        """Ask in an event loop of its own, also from within another loop."""

        async def ask() -> T:
            connection = await _connect(self._url)
            try:
                return await question(connection)
            finally:
                await connection.close()

        with ThreadPoolExecutor(1) as thread:
            return thread.submit(lambda: asyncio.run(ask())).result()


RawRows = SqliteRows | PostgresRows


def rows_at(url: str) -> RawRows:
    """Give the rows of the database at `url`, in the form of KAIGA_STORE."""
    if url.startswith("postgres"):
        return PostgresRows(url)
    return SqliteRows(Path(urlsplit(url).path))


async def _connect(url: str) -> Line:
    return await asyncpg.connect(url)


def _without_uuid(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value
