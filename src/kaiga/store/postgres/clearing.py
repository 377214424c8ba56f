"""Has the objects of expired tasks removed whose rows are left to the end of their day.

A cursor goes through the tasks in the order of their expiry, so that nothing is written for each.
A day that it has passed names no object any more, and can be dropped (see partitions.py).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from kaiga.domain.ids import TaskId
from kaiga.domain.instants import milliseconds_since_epoch
from kaiga.store.postgres.connecting import Connection

_PLACE = "SELECT expires_ms, task_id FROM cleared_until"
_TAKE_PLACE = f"{_PLACE} FOR UPDATE SKIP LOCKED"
_MOVE = "UPDATE cleared_until SET expires_ms = $1, task_id = $2"
_NEXT = """
    SELECT id, expires_ms FROM tasks
    WHERE (expires_ms, id) > ($1::int8, $2::uuid) AND expires_ms <= $3
        AND tableoid <> 'tasks_default'::regclass
    ORDER BY expires_ms, id LIMIT $4
"""
_FORGET_CALLS = "DELETE FROM upstream_calls WHERE task_id = ANY ($1::uuid[])"
_FIRST_ID = TaskId("00000000-0000-0000-0000-000000000000")


class Place(NamedTuple):
    """A task in the order of expiry; it need not be there any more."""

    expires_ms: int
    task_id: TaskId


async def find_place(connection: Connection, now: datetime) -> Place:
    """Give the last of the tasks that have expired at `now` and are cleared."""
    [row] = await connection.fetch(_PLACE)
    return _read(row, milliseconds_since_epoch(now))


async def clear(connection: Connection, now: datetime, limit: int) -> Sequence[TaskId]:
    """Take the next tasks that have expired; the caller has the objects removed that they name.

    Gives none while another node is at it.
    """
    taken = await connection.fetchrow(_TAKE_PLACE)
    if taken is None:
        return []
    now_ms = milliseconds_since_epoch(now)
    place = _read(taken, now_ms)
    rows = await connection.fetch(_NEXT, *place, now_ms, limit)
    task_ids = [TaskId(str(row[0])) for row in rows]
    if rows:
        await connection.execute(_MOVE, rows[-1][1], task_ids[-1])
        await connection.execute(_FORGET_CALLS, task_ids)
    elif place.expires_ms < taken[0]:
        await connection.execute(_MOVE, *place)
    return task_ids


def _read(row: Sequence[Any], now_ms: int) -> Place:
    """Read the cursor; where a clock that was far ahead has moved it, it goes back to the present.

    What it passes over then is left to the sweep.
    """
    place = Place(int(row[0]), TaskId(str(row[1])))
    return place if place.expires_ms <= now_ms else Place(now_ms, _FIRST_ID)
