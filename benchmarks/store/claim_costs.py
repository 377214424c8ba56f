"""Tells what a claim costs, by how many tasks wait: the store alone, without a server.

Each claim takes one task; before the next, another one comes to wait in its place and the claimed
one ends, neither of which is timed. With the cap, one task of the capped account stays running.
Cases take turns, so that what slows the machine down slows all of them. Runs in Kaiga's own Python
and prints one JSON document.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import msgspec
from filling import MODEL, Filling, fill, make_waiting_task

from kaiga.domain.fair_queue import EqualShares, QueuePolicy
from kaiga.domain.ids import DEFAULT_ACCOUNT, AccountId, Lane, WorkerId
from kaiga.domain.tasks import Claim, Lease, Outcome, StoredResult, TaskStatus, result_object_key
from kaiga.store.sqlite import SqliteDatabase, SqliteTaskStore

FEW = 10
OTHER_ACCOUNT = AccountId(str(int(DEFAULT_ACCOUNT) + 1))
WARM_UP = 20
LEASE = Lease(worker=WorkerId("bench"), deadline=0.0)


class Costs(msgspec.Struct, kw_only=True):
    """What claims of one case took, in microseconds.

    `durable` claims were on disk when they were answered, `unsynced` ones were committed and left
    to the system; `first` are those of a store just opened, which finds out who waits.
    """

    name: str
    waiting: int
    first: list[float] = []
    durable: list[float] = []
    unsynced: list[float] = []


class OneAtATime(EqualShares):
    """Lets the account that holds nearly all waiting tasks run one."""

    def find_running_limit(self, lane: Lane) -> int | None:
        """See the protocol."""
        return 1 if lane.account == DEFAULT_ACCOUNT else None


class WithoutSync:
    """A write that leaves syncing to the system from then on."""

    def __call__(self, connection: apsw.Connection, asked: Sequence[None]) -> Sequence[None]:
        """Set it."""
        connection.execute("PRAGMA synchronous = OFF")
        return asked

    def needs_one_statement(self, _asked: Sequence[None]) -> bool:
        """Say yes: SQLite takes this only outside of transactions."""
        return True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waiting", type=int, default=5_000_000, help="tasks in the long queue")
    parser.add_argument("--claims", type=int, default=200, help="timed, of each kind and round")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kaiga-bench-", ignore_cleanup_errors=True) as folder:
        short, long = Path(folder) / "short" / "kaiga.db", Path(folder) / "long" / "kaiga.db"
        fill(short, Filling(tasks=FEW, accounts=1, ended_percent=0))
        fill(long, Filling(tasks=given.waiting, accounts=1, ended_percent=0))
        cases: list[tuple[Costs, Path, QueuePolicy]] = [
            (Costs(name="few wait", waiting=FEW), short, EqualShares()),
            (Costs(name="many wait", waiting=given.waiting), long, EqualShares()),
            (Costs(name="many wait, capped", waiting=given.waiting), long, OneAtATime()),
        ]
        for _ in range(given.rounds):
            for costs, path, policy in cases:
                asyncio.run(_measure(costs, path, policy, given.claims))
    sys.stdout.buffer.write(msgspec.json.encode([costs for costs, *_ in cases]))


async def _measure(costs: Costs, path: Path, policy: QueuePolicy, claims: int) -> None:
    database = SqliteDatabase.open(path)
    try:
        store = SqliteTaskStore(database, policy)
        for _ in range(FEW):
            await store.add(make_waiting_task(OTHER_ACCOUNT, datetime.now(UTC)))
        seconds, claim = await _claim(store)
        costs.first.append(seconds * 1e6)
        await _replace(store, claim)
        if isinstance(policy, OneAtATime):
            await _reach_cap(store)
        await _claim_often(store, WARM_UP)
        costs.durable += await _claim_often(store, claims)
        await database.writer.write(WithoutSync(), None)
        costs.unsynced += await _claim_often(store, claims)
    finally:
        database.close()


async def _reach_cap(store: SqliteTaskStore) -> None:
    """Leave a task of the capped account running: from then on only others can be claimed.

    Accounts take turns, so that one of two claims is of the capped account, or it has reached its
    cap in an earlier round.
    """
    for _ in range(2):
        _, claim = await _claim(store)
        if claim.task.account == DEFAULT_ACCOUNT:
            break
        await _replace(store, claim)
    _, claim = await _claim(store)
    if claim.task.account == DEFAULT_ACCOUNT:
        raise ValueError("the capped account runs more than its cap")
    await _replace(store, claim)


async def _claim_often(store: SqliteTaskStore, times: int) -> list[float]:
    """Claim one after the other; gives the microseconds of each."""
    taken: list[float] = []
    for _ in range(times):
        seconds, claim = await _claim(store)
        taken.append(seconds * 1e6)
        await _replace(store, claim)
    return taken


async def _claim(store: SqliteTaskStore) -> tuple[float, Claim]:
    started_at = time.perf_counter()
    (claim,) = await store.claim(
        frozenset({MODEL}), LEASE, 1, "sketch", lambda _: datetime.now(UTC)
    )
    return time.perf_counter() - started_at, claim


async def _replace(store: SqliteTaskStore, claim: Claim) -> None:
    """Have another task wait in place of the claimed one, and end that."""
    now, account = datetime.now(UTC), claim.task.account
    await store.add(make_waiting_task(account, now))
    made = StoredResult(
        object_key=result_object_key(claim.task, 0), media_type="image/png", size_bytes=1_000_000
    )
    outcome = Outcome(status=TaskStatus.SUCCEEDED, results=(made,), usage={"image_count": 1})
    await store.finish(claim, outcome, now, now + timedelta(hours=24))


if __name__ == "__main__":
    main()
