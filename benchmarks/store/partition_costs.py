"""Measures what partitions of days cost the statements of a task's life over PostgreSQL.

Fills one database with ended tasks of as many days as are asked for, once with partitions of days
and once without, and drives the store over both in turns: creates, claims, ends and reads. The
server has to have nothing else to do. Runs in Kaiga's own Python; docs/adr/0033 has what comes of
it.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta

from filling import MODEL, end, make_waiting_task

from kaiga.domain.ids import DEFAULT_ACCOUNT, WorkerId, bounds_of_day
from kaiga.domain.tasks import Claim, Lease
from kaiga.store.postgres import partitions
from kaiga.store.postgres.connecting import PostgresPlace, connect
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.migrating import migrate
from kaiga.store.postgres.task_store import PostgresTaskStore

_FILL = """
    INSERT INTO tasks (id, account, workspace, key_id, request_id, catalogue_model, model,
        operation, status, attempt, engine, submitted_ms, ended_ms, expires_ms)
    SELECT (left($1, 24) || lpad(to_hex(n), 12, '0'))::uuid, 'another', 'ws-default',
        '1000001', 'r', 'm', 'm', 'a:b:c', 'SUCCEEDED', 1, 'sketch', 1, 1, $3
    FROM generate_series(1, $2::int) AS n
"""
_LEASE = Lease(worker=WorkerId("bench"), deadline=4e9)
_WAITING = 200


class Case:
    """One database, driven through its store."""

    def __init__(self, name: str, database: PostgresDatabase) -> None:
        self.name = name
        self.database = database
        self.store = PostgresTaskStore(database)
        self.took: dict[str, list[float]] = {}

    async def run_round(self, batch: int) -> None:
        """Have a batch of tasks created, claimed, read and ended."""
        new = [make_waiting_task(DEFAULT_ACCOUNT, datetime.now(UTC)) for _ in range(batch)]
        now = datetime.now(UTC)
        await self._time("create", lambda: asyncio.gather(*map(self.store.add, new)))
        claims: Sequence[Claim] = []

        async def claim() -> None:
            nonlocal claims
            claims = await self.store.claim(
                frozenset({MODEL}), _LEASE, batch, "sketch", lambda _: now
            )

        await self._time("claim", claim)
        await self._time("renew", lambda: self.store.renew(claims, _LEASE))
        await self._time(
            "find", lambda: asyncio.gather(*(self.store.find(each.task.id) for each in claims))
        )
        await self._time(
            "end", lambda: asyncio.gather(*(end(self.store, each, now) for each in claims))
        )

    async def _time(self, name: str, call: Callable[[], Awaitable[object]]) -> None:
        begun = time.perf_counter()
        await call()
        self.took.setdefault(name, []).append(time.perf_counter() - begun)


async def _open(name: str, url: str, days: int, rows: int) -> Case:
    line = await connect(url)
    await migrate(line)
    today = datetime.now(UTC).date()
    if not days:
        partitions.DAYS_AHEAD = -1
    for back in range(rows and max(days, 1)):
        day = today - timedelta(days=back)
        if days:
            await partitions.make_day(line, day)
        count = rows // max(days, 1)
        await line.execute(_FILL, bounds_of_day(day)[0], count, 2**52)
    await line.close()
    database = await PostgresDatabase.open(PostgresPlace(url, url))
    partitions.DAYS_AHEAD = 2
    case = Case(name, database)
    now = datetime.now(UTC)
    await asyncio.gather(
        *(case.store.add(make_waiting_task(DEFAULT_ACCOUNT, now)) for _ in range(_WAITING))
    )
    line = await connect(url)
    await line.execute("ANALYZE")
    await line.close()
    return case


async def measure(urls: Sequence[str], days: Sequence[int], rows: int, rounds: int) -> None:
    """Print what a batch of each kind takes, in milliseconds, for each number of days."""
    cases = [
        await _open(f"{count} days", url, count, rows)
        for url, count in zip(urls, days, strict=True)
    ]
    for batch in (1, 64):
        for case in cases:
            case.took.clear()
        for _ in range(rounds):
            for case in cases:
                await case.run_round(batch)
        for case in cases:
            # the first ones have their plans made
            middle = {name: statistics.median(took[10:]) * 1e3 for name, took in case.took.items()}
            print(f"{batch:3} at once, {case.name:8}", {k: round(v, 2) for k, v in middle.items()})
    for case in cases:
        await case.database.close()


def main() -> None:
    """Measure, and print a line for each case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("urls", nargs="+", help="one empty database for each number of days")
    parser.add_argument("--days", type=int, nargs="+", required=True, help="0 for no partitions")
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--rounds", type=int, default=60)
    wanted = parser.parse_args()
    asyncio.run(measure(wanted.urls, wanted.days, wanted.rows, wanted.rounds))


if __name__ == "__main__":
    main()
