"""The calls to other servers over PostgreSQL."""

from collections.abc import Collection, Sequence

from kaiga.domain.ids import TaskId
from kaiga.ports.upstream_calls import UpstreamCall
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.group_commit import Write
from kaiga.store.rows import to_milliseconds
from kaiga.store.upstream_call_rows import CALL_COLUMNS, CallTaken, call_from_row

_FIND = f"SELECT {CALL_COLUMNS} FROM upstream_calls WHERE task_id = $1 AND engine = $2"  # noqa: S608  constants
_OPEN = f"""
    SELECT {CALL_COLUMNS} FROM upstream_calls
    WHERE engine = $1 AND model = $2 AND upstream_id IS NULL ORDER BY task_id
"""  # noqa: S608  constants
_NAMED = "SELECT upstream_id FROM upstream_calls WHERE engine = $1 AND upstream_id = ANY ($2)"
_INTEND = f"""
    INSERT INTO upstream_calls ({CALL_COLUMNS}) VALUES ($1, $2, $3, $4, $5, NULL)
    ON CONFLICT (task_id, engine) DO UPDATE SET attempt = excluded.attempt,
        model = excluded.model, intended_ms = excluded.intended_ms, upstream_id = NULL
"""  # noqa: S608  constants
_NOTE_TAKEN = "UPDATE upstream_calls SET upstream_id = $1 WHERE task_id = $2 AND engine = $3"
_WITHDRAW = "DELETE FROM upstream_calls WHERE task_id = $1 AND engine = $2"


class PostgresUpstreamCalls:
    """Implements the port `UpstreamCalls`; its promises are told there."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._writer = database.writer
        self._reader = database.reader

    async def find_call(self, task_id: TaskId, engine: str) -> UpstreamCall | None:
        """See the port."""
        rows = await self._reader.fetch(_FIND, task_id, engine)
        return call_from_row(rows[0]) if rows else None

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
        return [call_from_row(row) for row in await self._reader.fetch(_OPEN, engine, model)]

    async def find_named(self, engine: str, upstream_ids: Collection[str]) -> frozenset[str]:
        """See the port."""
        rows = await self._reader.fetch(_NAMED, engine, list(upstream_ids))
        return frozenset(str(row[0]) for row in rows)


async def _intend(write: Write, calls: Sequence[UpstreamCall]) -> Sequence[None]:
    rows = [
        (each.task_id, each.engine, each.attempt, each.model, to_milliseconds(each.intended_at))
        for each in calls
    ]
    await write.connection.executemany(_INTEND, sorted(rows))
    return [None] * len(calls)


async def _note_taken(write: Write, taken: Sequence[CallTaken]) -> Sequence[None]:
    rows = sorted((each.call.task_id, each.call.engine, each.upstream_id) for each in taken)
    await write.connection.executemany(
        _NOTE_TAKEN, [(upstream_id, task_id, engine) for task_id, engine, upstream_id in rows]
    )
    return [None] * len(taken)


async def _withdraw(write: Write, calls: Sequence[UpstreamCall]) -> Sequence[None]:
    await write.connection.executemany(
        _WITHDRAW, sorted((each.task_id, each.engine) for each in calls)
    )
    return [None] * len(calls)
