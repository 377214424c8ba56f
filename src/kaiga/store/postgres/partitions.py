"""The partitions of days: what is submitted in one of them (in UTC) lies there, and goes with it.

Ids of tasks are times, so that a day is a range of ids. A day is the same four tables, which are
made and dropped together: nothing of a task is ever without the task. What fits into no day lies
in the partitions that have no bounds (`*_default`), where everything works as well.
"""

from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum, auto

import asyncpg

from kaiga.domain.ids import bounds_of_day
from kaiga.store.postgres.clearing import Place
from kaiga.store.postgres.connecting import Connection

DAYS_AHEAD = 2
"""Days that are made beside today's: so long may something hold the tables."""

_PARTED = (("tasks", "id"), ("attempts", "task_id"), ("results", "task_id"), ("inputs", "task_id"))
"""The tables that are parted by days, in the order of all locks on several of them."""
_LOCK = f"SELECT pg_advisory_xact_lock({0x4B41494744})"  # "KAIGD"
"""Nodes take turns."""
_LOCK_WAIT = "SET LOCAL lock_timeout TO '100ms'"
"""Writers queue behind whoever waits for a table: no longer than this."""
_LIST = r"""
    SELECT right(relname, 8) FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'tasks'::regclass AND relname ~ '^tasks_\d{8}$' ORDER BY 1
"""
_MAKE = """
    CREATE TABLE {table}_{day} (LIKE {table} INCLUDING ALL)
"""
_ATTACH = """
    ALTER TABLE {table} ATTACH PARTITION {table}_{day} FOR VALUES FROM ('{first}') TO ('{end}')
"""
"""Of the tables in use it locks the one without bounds alone, and creates do not look into that."""
_IN_DEFAULT = "SELECT EXISTS (SELECT 1 FROM {table}_default WHERE {key} >= $1 AND {key} < $2)"
_OVER = """
    SELECT '{day}' WHERE NOT EXISTS (SELECT 1 FROM tasks_{day} WHERE status = 'PENDING')
        AND NOT EXISTS (SELECT 1 FROM tasks_{day} WHERE status = 'RUNNING')
        AND coalesce((
            SELECT (expires_ms, id) <= ($1::int8, $2::uuid) FROM tasks_{day}
            WHERE expires_ms IS NOT NULL ORDER BY expires_ms DESC, id DESC LIMIT 1
        ), true)
"""
"""Looks at the ends of three indexes. What has ended has an expiry."""


class Made(Enum):
    """What came of making a day."""

    IS_THERE = auto()
    LIES_IN_DEFAULT = auto()
    """Rows of it lie where there are no bounds, and so does the rest of that day then."""
    IS_HELD_UP = auto()
    """Something holds the tables for long; later it may go."""


async def list_days(connection: Connection) -> Sequence[date]:
    """Give the days that have partitions, the first one first."""
    rows = await connection.fetch(_LIST)
    return [_read(row[0]) for row in rows]


async def make_day(connection: Connection, day: date) -> Made:
    """Make the partitions of a day, where they are missing; nobody waits long for that."""
    try:
        async with connection.transaction():
            await connection.execute(_LOCK)
            if day in await list_days(connection):
                return Made.IS_THERE
            if await _has_rows_in_default(connection, day):
                return Made.LIES_IN_DEFAULT
            await connection.execute(";".join((_LOCK_WAIT, *_list_steps(day))))
            return Made.IS_THERE
    except asyncpg.LockNotAvailableError:
        return Made.IS_HELD_UP
    except asyncpg.CheckViolationError:  # a row has come since the look
        return Made.LIES_IN_DEFAULT


async def find_days_over(
    connection: Connection, days: Collection[date], cleared: Place
) -> Sequence[date]:
    """Give those of `days` in which every task has ended, expired and been cleared."""
    if not days:
        return []
    statement = " UNION ALL ".join(_OVER.format(day=_write(day)) for day in days)
    return [_read(row[0]) for row in await connection.fetch(statement, *cleared)]


async def drop_day(connection: Connection, day: date, cleared: Place) -> bool:
    """Drop a day in which all is over; tells whether it was, and could be dropped.

    It is looked at again with all writers out: a clock that is late may have brought a new task.
    """
    try:
        async with connection.transaction():
            await connection.execute(_LOCK)
            if day not in await list_days(connection):
                return False
            await connection.execute(_LOCK_WAIT)
            await connection.execute("LOCK TABLE ONLY tasks IN ACCESS EXCLUSIVE MODE")
            if not await find_days_over(connection, [day], cleared):
                return False
            tables = ", ".join(f"{table}_{_write(day)}" for table, _ in _PARTED)
            await connection.execute(f"DROP TABLE {tables}")
            return True
    except asyncpg.LockNotAvailableError:
        return False


def list_days_ahead(now: datetime) -> Sequence[date]:
    """Give today, and the days after it that are made ahead."""
    today = now.astimezone(UTC).date()
    return [today + timedelta(days=number) for number in range(DAYS_AHEAD + 1)]


async def _has_rows_in_default(connection: Connection, day: date) -> bool:
    bounds = bounds_of_day(day)
    for table, key in _PARTED:
        if await connection.fetchval(_IN_DEFAULT.format(table=table, key=key), *bounds):
            return True
    return False


def _list_steps(day: date) -> Sequence[str]:
    """Give what makes a day: with all its indexes first, so that the locks are short."""
    first, end = bounds_of_day(day)
    return [
        step.format(table=table, day=_write(day), first=first, end=end)
        for step in (_MAKE, _ATTACH)
        for table, _ in _PARTED
    ]


def _write(day: date) -> str:
    return f"{day:%Y%m%d}"


def _read(written: str) -> date:
    return datetime.strptime(written, "%Y%m%d").replace(tzinfo=UTC).date()
