"""Tells how many tasks a second are claimed from a PostgreSQL, by how many are stored in it.

Claims of all nodes take turns under one lock, so a few claimers that ask as fast as they can are as
good as any number of them. After each turn, outside of the time that is taken, the claimed tasks
end and as many come to wait in their place. Databases take turns with each other, so that what
slows the machine down slows all of them. No server may have the databases. Runs in Kaiga's own
Python and prints one JSON document.
"""

import argparse
import asyncio
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import msgspec
from filling import MODEL, end, make_waiting_task

from kaiga.domain.ids import WorkerId
from kaiga.domain.tasks import Claim, Lease
from kaiga.store.postgres import PostgresDatabase, PostgresPlace, PostgresTaskStore

CASES = ((1, 1), (1, 16), (4, 1), (4, 16))
"""How many claim at once, and for how many tasks each."""
CLAIMS = 4
"""How many each of them makes in a turn."""
FAR_AWAY = 1e12
"""A deadline of leases that never lapses."""


class Rates(msgspec.Struct, kw_only=True):
    """How many tasks a second were claimed, turn by turn; see NodeClaims of the harness."""

    stored: int
    claimers: int
    slots: int
    rates: list[float] = []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--database", nargs=2, action="append", metavar=("STORED", "URL"), required=True
    )
    parser.add_argument("--turns", type=int, default=40)
    given = parser.parse_args()
    databases = [(int(stored), url) for stored, url in given.database]
    found = asyncio.run(measure(databases, given.turns))
    sys.stdout.buffer.write(msgspec.json.encode(found))


async def measure(databases: Sequence[tuple[int, str]], turns: int) -> Sequence[Rates]:
    """Claim from all databases in turns."""
    most = max(claimers for claimers, _ in CASES)
    async with AsyncExitStack() as stack:
        opened = [
            (stored, [await _open(stack, url) for _ in range(most)]) for stored, url in databases
        ]
        cases = [
            (Rates(stored=stored, claimers=claimers, slots=slots), stores[:claimers])
            for claimers, slots in CASES
            for stored, stores in opened
        ]
        for turn in range(turns + 1):
            for rates, stores in cases:
                rate = await _take_turn(stores, rates.slots)
                if turn:  # the first one opens connections and prepares statements
                    rates.rates.append(rate)
    return [rates for rates, _ in cases]


async def _open(stack: AsyncExitStack, url: str) -> PostgresTaskStore:
    database = await PostgresDatabase.open(PostgresPlace(url, url))
    stack.push_async_callback(database.close)
    return PostgresTaskStore(database)


async def _take_turn(stores: Sequence[PostgresTaskStore], slots: int) -> float:
    """Claim from all stores at once; gives the tasks that were claimed in a second."""
    started_at = time.perf_counter()
    claimed = await asyncio.gather(*(_claim(store, slots) for store in stores))
    seconds = time.perf_counter() - started_at
    await asyncio.gather(
        *(_replace(store, claims) for store, claims in zip(stores, claimed, strict=True))
    )
    tasks = sum(len(claims) for claims in claimed)
    if tasks != len(stores) * CLAIMS * slots:
        raise ValueError(f"{tasks} tasks were claimed: fewer wait than are asked for in a turn")
    return tasks / seconds


async def _claim(store: PostgresTaskStore, slots: int) -> Sequence[Claim]:
    lease = Lease(worker=WorkerId("bench"), deadline=FAR_AWAY)
    models = frozenset({MODEL})
    claims: list[Claim] = []
    for _ in range(CLAIMS):
        claims += await store.claim(models, lease, slots, "sketch", lambda _: datetime.now(UTC))
    return claims


async def _replace(store: PostgresTaskStore, claims: Sequence[Claim]) -> None:
    """End what was claimed, and have as many of the same accounts wait."""
    now = datetime.now(UTC)
    await asyncio.gather(*(end(store, claim, now) for claim in claims))
    await asyncio.gather(
        *(store.add(make_waiting_task(claim.task.account, now)) for claim in claims)
    )


if __name__ == "__main__":
    main()
