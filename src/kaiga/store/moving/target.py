"""The PostgreSQL that is moved into, with how far that is: each step is committed with its rows."""

import json
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import date

import asyncpg

from kaiga.domain.errors import MoveRefused, StoreUnavailable
from kaiga.store.moving.tables import TABLES, MovedTable, Sum
from kaiga.store.postgres.connecting import UNAVAILABLE_ERRORS, Line, PostgresPlace, connect
from kaiga.store.postgres.migrating import migrate
from kaiga.store.postgres.partitions import make_day
from kaiga.store.rows import Row

_MOVES_LOCK = 0x4B4D4F56  # "KMOV"
_READ_ROWS = 1000
_MOST_DAYS = 60
"""Each partition is looked into by whatever asks for all tasks; older ones are few and kept."""
_NOTE = """
    INSERT INTO moved_tables (name, after, row_count) VALUES ($1, $2, $3)
    ON CONFLICT (name) DO UPDATE
    SET after = excluded.after, row_count = moved_tables.row_count + excluded.row_count
"""
_LANES = """
    INSERT INTO lanes (account, catalogue_model)
    SELECT DISTINCT account, catalogue_model FROM tasks WHERE status = 'PENDING'
    ON CONFLICT DO NOTHING
"""


class Target:
    """An open database into which nobody else moves."""

    def __init__(self, connection: Line) -> None:
        self._connection = connection

    async def begin(self, source: str) -> bool:
        """Begin to move `source` here, or go on with it; False where all of it is here already.

        Raises:
            MoveRefused: there is something else.
        """
        move = await self._connection.fetchrow("SELECT source, done_ms FROM moves")
        if move is None:
            await self._check_empty()
            await self._connection.execute("INSERT INTO moves (source) VALUES ($1)", source)
            return True
        if move[0] != source:
            raise MoveRefused("Another database was moved into this one. Use an empty one.")
        return move[1] is None

    async def make_days(self, days: Sequence[date]) -> None:
        """Have a partition for each of the newest days; the rows of the others need none."""
        for day in days[-_MOST_DAYS:]:
            await make_day(self._connection, day)

    async def find_place(self, table: MovedTable) -> tuple[str | None, int]:
        """Give the key after which a table goes on, and how many rows are here."""
        row = await self._connection.fetchrow(
            "SELECT after, row_count FROM moved_tables WHERE name = $1", table.name
        )
        return (None, 0) if row is None else (str(row[0]), int(row[1]))

    async def add(self, table: MovedTable, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Write rows, and that they are written."""
        places = [columns.index(name) for name in table.key]
        after = json.dumps([rows[-1][place] for place in places])
        async with self._connection.transaction():
            await self._connection.copy_records_to_table(
                table.name, records=rows, columns=list(columns)
            )
            await self._connection.execute(_NOTE, table.name, after, len(rows))

    async def sum_up(self, table: MovedTable, columns: Sequence[str]) -> Sum:
        """Count the rows of a table, and sum up their digests."""
        found = Sum()
        statement = f"SELECT {', '.join(columns)} FROM {table.name}"  # noqa: S608  constants
        async with self._connection.transaction(readonly=True):
            cursor = await self._connection.cursor(statement)
            while rows := await cursor.fetch(_READ_ROWS):
                found.add(rows)
        return found

    async def end(self, last_numbers: Sequence[tuple[MovedTable, int]]) -> None:
        """Have numbers go on after the last ones and waiting tasks found, and let nodes in."""
        async with self._connection.transaction():
            for table, number in last_numbers:
                if number:
                    await self._connection.execute(
                        "SELECT setval(pg_get_serial_sequence($1, 'id'), $2)", table.name, number
                    )
            await self._connection.execute(_LANES)
            now_ms = int(time.time() * 1000)
            await self._connection.execute("UPDATE moves SET done_ms = $1", now_ms)

    async def _check_empty(self) -> None:
        for table in TABLES:
            if await self._connection.fetchval(f"SELECT 1 FROM {table.name} LIMIT 1") is not None:  # noqa: S608  constants
                raise MoveRefused(
                    f"The target holds something already (table {table.name}). "
                    "Use an empty database, on which no server was started yet."
                )


@asynccontextmanager
async def open_target(place: PostgresPlace) -> AsyncGenerator[Target]:
    """Hold a database, with the schema of this version, while it is moved into.

    Raises:
        MoveRefused: another command moves into it.
        StartRefused: it is newer than this code.
        StoreUnavailable: it does not answer; what was committed stays.
    """
    try:
        connection = await connect(place.direct_url)
        try:
            await migrate(connection)
            if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", _MOVES_LOCK):
                raise MoveRefused("Another 'kaiga migrate' is at work on this target.")
            yield Target(connection)
        finally:
            await connection.close()
    except (*UNAVAILABLE_ERRORS, asyncpg.PostgresError) as error:
        raise StoreUnavailable from error
