"""Looks at the rows of a store beside it, as somebody with the database can."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import TypeVar
from uuid import UUID

import apsw
import asyncpg

from kaiga.store.postgres.connecting import Line

T = TypeVar("T")
Rows = list[tuple[object, ...]]


def select_from_file(path: Path, query: str, *bindings: str | int) -> Rows:
    """Read committed rows of a SQLite file."""
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return list(connection.execute(query, bindings))
    finally:
        connection.close()


def select_from_postgres(url: str, query: str, *bindings: str | int) -> Rows:
    """Read committed rows of a PostgreSQL database by the same query."""
    numbers = count(1)
    numbered = "".join(f"${next(numbers)}" if sign == "?" else sign for sign in query)

    async def read(connection: Line) -> Rows:
        rows = await connection.fetch(numbered, *bindings)
        return [tuple(map(_without_uuid, row)) for row in rows]

    return ask_postgres(url, read)


def ask_postgres(url: str, question: Callable[[Line], Awaitable[T]]) -> T:
    """Ask over a connection and an event loop of its own, also from within another loop."""

    async def ask() -> T:
        connection = await asyncpg.connect(url)
        try:
            return await question(connection)
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(ask())).result()


def _without_uuid(value: object) -> object:
    return str(value) if isinstance(value, UUID) else value
