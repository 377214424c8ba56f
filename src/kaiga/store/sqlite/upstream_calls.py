"""The calls to other servers over SQLite."""

from collections.abc import Collection, Sequence

import apsw

from kaiga.domain.ids import TaskId
from kaiga.ports.upstream_calls import UpstreamCall
from kaiga.store.rows import to_milliseconds
from kaiga.store.sqlite.database import SqliteDatabase
from kaiga.store.sqlite.task_rows import encode_keys
from kaiga.store.upstream_call_rows import CALL_COLUMNS, CallTaken, call_from_row

_FIND = f"SELECT {CALL_COLUMNS} FROM upstream_calls WHERE task_id = ? AND engine = ?"  # noqa: S608  constants
_OPEN = f"""
    SELECT {CALL_COLUMNS} FROM upstream_calls
    WHERE engine = ? AND model = ? AND upstream_id IS NULL
"""  # noqa: S608  constants
_NAMED = """
    SELECT upstream_id FROM upstream_calls
    WHERE engine = ? AND upstream_id IN (SELECT value FROM json_each(?))
"""
_INTEND = f"INSERT OR REPLACE INTO upstream_calls ({CALL_COLUMNS}) VALUES (?, ?, ?, ?, ?, NULL)"  # noqa: S608  constants
_NOTE_TAKEN = "UPDATE upstream_calls SET upstream_id = ? WHERE task_id = ? AND engine = ?"
_WITHDRAW = "DELETE FROM upstream_calls WHERE task_id = ? AND engine = ?"


class SqliteUpstreamCalls:
    """Implements the port `UpstreamCalls`; its promises are told there."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._writer = database.writer
        self._reads = database.lookups

    async def find_call(self, task_id: TaskId, engine: str) -> UpstreamCall | None:
        """See the port."""

        def read(connection: apsw.Connection) -> UpstreamCall | None:
            row = connection.execute(_FIND, (task_id, engine)).fetchone()
            return None if row is None else call_from_row(row)

        return await self._reads.read(read)

    async def intend(self, call: UpstreamCall) -> None:
        """See the port."""
        await self._writer.write(_intend, call)

    async def note_taken(self, call: UpstreamCall, upstream_id: str) -> None:
        """See the port."""
        await self._writer.write(_note_taken, CallTaken(call=call, upstream_id=upstream_id))

    async def withdraw(self, call: UpstreamCall) -> None:
        """See the port."""
        await self._writer.write(_withdraw, call)

    async def list_open(self, engine: str, model: str) -> Sequence[UpstreamCall]:
        """See the port."""

        def read(connection: apsw.Connection) -> Sequence[UpstreamCall]:
            return [call_from_row(row) for row in connection.execute(_OPEN, (engine, model))]

        return await self._reads.read(read)

    async def find_named(self, engine: str, upstream_ids: Collection[str]) -> frozenset[str]:
        """See the port."""
        ids = encode_keys(list(upstream_ids))

        def read(connection: apsw.Connection) -> frozenset[str]:
            return frozenset(str(row[0]) for row in connection.execute(_NAMED, (engine, ids)))

        return await self._reads.read(read)


def _intend(connection: apsw.Connection, calls: Sequence[UpstreamCall]) -> Sequence[None]:
    connection.executemany(
        _INTEND,
        [
            (each.task_id, each.engine, each.attempt, each.model, to_milliseconds(each.intended_at))
            for each in calls
        ],
    )
    return [None] * len(calls)


def _note_taken(connection: apsw.Connection, taken: Sequence[CallTaken]) -> Sequence[None]:
    connection.executemany(
        _NOTE_TAKEN, [(each.upstream_id, each.call.task_id, each.call.engine) for each in taken]
    )
    return [None] * len(taken)


def _withdraw(connection: apsw.Connection, calls: Sequence[UpstreamCall]) -> Sequence[None]:
    connection.executemany(_WITHDRAW, [(each.task_id, each.engine) for each in calls])
    return [None] * len(calls)
