"""Measures what a task costs a PostgreSQL, step by step: WAL, bytes of tables, processor time.

Drives the store without a server: tasks are created, read, claimed and ended, as many at once as
there are callers. The database has to be empty, and its PostgreSQL has to have nothing else to do.
With the id of PostgreSQL's first process, on this machine, its processor time is told as well.
Runs in Kaiga's own Python; docs/scale.md has what comes of it.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from filling import MODEL, end, make_waiting_task

from kaiga.domain.ids import DEFAULT_ACCOUNT, WorkerId
from kaiga.domain.tasks import Claim, Lease
from kaiga.store.postgres.connecting import Line, PostgresPlace, connect
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.task_store import PostgresTaskStore

sys.path.append(str(Path(__file__).resolve().parent.parent))
from harness.process_tree import read_cpu_seconds

_WAL = "SELECT pg_current_wal_insert_lsn() - '0/0'"
_SIZE = """
    SELECT sum(pg_table_size(oid)), sum(pg_indexes_size(oid)) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
_LEASE = Lease(worker=WorkerId("bench"), deadline=1e12)

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What one step has cost, for each task; None where that can't be told."""

    step: str
    tasks_per_second: float
    own_microseconds: float
    server_microseconds: float | None
    wal_bytes: float
    table_bytes: float
    index_bytes: float


class Meter:
    """Tells what a step costs."""

    def __init__(self, watching: Line, process_id: int | None) -> None:
        self._watching = watching
        self._process_ids = [] if process_id is None else [process_id]
        self._tells_theirs = bool(self._process_ids) and read_cpu_seconds([]) is not None

    async def measure(self, step: str, tasks: int, work: Callable[[], Awaitable[object]]) -> Cost:
        """Do a step for so many tasks."""
        before, begun = await self._read(), time.monotonic()
        await work()
        seconds, after = time.monotonic() - begun, await self._read()
        own, theirs, wal, rows, indexes = (
            (later - earlier) / tasks for earlier, later in zip(before, after, strict=True)
        )
        return Cost(
            step=step,
            tasks_per_second=tasks / seconds,
            own_microseconds=own * 1e6,
            server_microseconds=theirs * 1e6 if self._tells_theirs else None,
            wal_bytes=wal,
            table_bytes=rows,
            index_bytes=indexes,
        )

    async def _read(self) -> tuple[float, ...]:
        rows, indexes = await self._watching.fetchrow(_SIZE)
        wal = await self._watching.fetchval(_WAL)
        theirs = read_cpu_seconds(self._process_ids) or 0.0
        return time.process_time(), theirs, float(wal), float(rows), float(indexes)


async def measure(
    url: str, tasks: int, callers: int, slots: int, process_id: int | None
) -> Sequence[Cost]:
    """Have so many tasks live, `callers` at a time; each claim takes `slots` of them."""
    watching = await connect(url)
    database = await PostgresDatabase.open(PostgresPlace(url, url))
    store, meter = PostgresTaskStore(database), Meter(watching, process_id)
    new = [make_waiting_task(DEFAULT_ACCOUNT, datetime.now(UTC)) for _ in range(tasks)]
    claims: list[Claim] = []

    async def claim_all() -> None:
        while len(claims) < tasks:
            claimed = await store.claim(frozenset({MODEL}), _LEASE, slots, "sketch", _now)
            if not claimed:
                raise ValueError(f"{len(claims)} of {tasks} tasks were claimed, and no more wait")
            claims.extend(claimed)

    try:
        return [
            await meter.measure("create", tasks, lambda: _each(new, store.add, callers)),
            await meter.measure(
                "find", tasks, lambda: _each(new, lambda one: store.find(one.task.id), callers)
            ),
            await meter.measure(f"claim, {slots} in a turn", tasks, claim_all),
            await meter.measure(
                "end", tasks, lambda: _each(claims, lambda one: end(store, one, _now()), callers)
            ),
        ]
    finally:
        await database.close()
        await watching.close()


def _now(_account: object = None) -> datetime:
    return datetime.now(UTC)


async def _each(
    items: Sequence[Item], call: Callable[[Item], Awaitable[object]], callers: int
) -> None:
    waiting = iter(items)

    async def go_on() -> None:
        for item in waiting:
            await call(item)

    await asyncio.gather(*(go_on() for _ in range(callers)))


def main() -> None:
    """Measure, and print a line for each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--tasks", type=int, default=20_000)
    parser.add_argument("--callers", type=int, default=64)
    parser.add_argument("--slots", type=int, default=8, help="tasks that one claim asks for")
    parser.add_argument("--process", type=int, help="the id of PostgreSQL's first process")
    wanted = parser.parse_args()
    costs = asyncio.run(
        measure(wanted.url, wanted.tasks, wanted.callers, wanted.slots, wanted.process)
    )
    print("a task                  a second  own us  server us  WAL bytes  rows  indexes")
    for cost in costs:
        theirs = "-" if cost.server_microseconds is None else f"{cost.server_microseconds:.0f}"
        print(
            f"{cost.step:22} {cost.tasks_per_second:9,.0f} {cost.own_microseconds:7.0f} "
            f"{theirs:>10} {cost.wal_bytes:10,.0f} {cost.table_bytes:5,.0f} "
            f"{cost.index_bytes:8,.0f}"
        )


if __name__ == "__main__":
    main()
