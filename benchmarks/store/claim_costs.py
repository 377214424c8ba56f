"""Tells what a claim costs, by how many tasks wait: the store alone, without a server.

Each claim takes one task; before the next, another one comes to wait in its place and the claimed
one ends, neither of which is timed. With the cap, one task of the capped account stays running.
Cases take turns claim by claim, so that what slows the machine down slows all of them. Runs in
Kaiga's own Python and prints one JSON document.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import msgspec
from filling import MODEL, Filling, fill, make_waiting_task

from kaiga.domain.ids import DEFAULT_ACCOUNT, AccountId, Lane, WorkerId
from kaiga.domain.limits import LimitBook
from kaiga.domain.tasks import Claim, Lease, Outcome, StoredResult, TaskStatus, result_object_key
from kaiga.store.sqlite import SqliteDatabase, SqliteTaskStore

FEW = 10
OTHER_ACCOUNT = AccountId(str(int(DEFAULT_ACCOUNT) + 1))
WARM_UP = 20
LEASE = Lease(worker=WorkerId("bench"), deadline=0.0)


class Costs(msgspec.Struct, kw_only=True):
    """What claims of one case took, in microseconds.

    `durable` claims shared a commit that was synced, `unsynced` ones had one of their own, which is
    not; `first` are those of a store just opened, which finds out who waits.
    """

    name: str
    waiting: int
    first: list[float] = []
    durable: list[float] = []
    unsynced: list[float] = []


class OneAtATime(LimitBook):
    """Lets the account that holds nearly all waiting tasks run one."""

    def find_running_limit(self, lane: Lane) -> int | None:
        """See the protocol."""
        return 1 if lane.account == DEFAULT_ACCOUNT else None


def write_nothing(_: apsw.Connection, asked: Sequence[None]) -> Sequence[None]:
    """Have what shares the commit synced: a kind of write that is not a claim."""
    return asked


@dataclass(frozen=True, slots=True)
class Case:
    """A store that claims are asked of, and what they have cost so far."""

    costs: Costs
    store: SqliteTaskStore
    database: SqliteDatabase


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--waiting", type=int, default=5_000_000, help="tasks in the long queue")
    parser.add_argument("--claims", type=int, default=200, help="timed, of each kind and round")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    all_costs = [
        Costs(name="few wait", waiting=FEW),
        Costs(name="many wait", waiting=given.waiting),
        Costs(name="many wait, capped", waiting=given.waiting),
    ]
    with tempfile.TemporaryDirectory(prefix="kaiga-bench-", ignore_cleanup_errors=True) as folder:
        short, long = Path(folder) / "short" / "kaiga.db", Path(folder) / "long" / "kaiga.db"
        fill(short, Filling(tasks=FEW, ended_percent=0))
        fill(long, Filling(tasks=given.waiting, ended_percent=0))
        for _ in range(given.rounds):
            asyncio.run(_measure_round(all_costs, short, long, given.claims))
    sys.stdout.buffer.write(msgspec.json.encode(all_costs))


async def _measure_round(all_costs: Sequence[Costs], short: Path, long: Path, claims: int) -> None:
    """Open both stores and claim from them; the long one is asked with and without a cap."""
    few, many, capped = all_costs
    with _opened(short) as short_database, _opened(long) as long_database:
        cases = [
            Case(few, SqliteTaskStore(short_database), short_database),
            Case(many, SqliteTaskStore(long_database), long_database),
            Case(capped, SqliteTaskStore(long_database, OneAtATime()), long_database),
        ]
        for case in cases:
            for _ in range(FEW):
                await case.store.add(make_waiting_task(OTHER_ACCOUNT, datetime.now(UTC)))
            case.costs.first.append(await _claim_and_replace(case))
        await _reach_cap(cases[-1].store)
        await _claim_in_turns(cases, WARM_UP)
        for case, times in await _claim_in_turns(cases, claims, synced=True):
            case.costs.durable += times
        for case, times in await _claim_in_turns(cases, claims):
            case.costs.unsynced += times


@contextmanager
def _opened(path: Path) -> Generator[SqliteDatabase]:
    database = SqliteDatabase.open(path)
    try:
        yield database
    finally:
        database.close()


async def _claim_in_turns(
    cases: Sequence[Case], times: int, *, synced: bool = False
) -> Sequence[tuple[Case, Sequence[float]]]:
    """Claim one after the other, case by case; gives the microseconds of each claim."""
    taken: list[tuple[Case, list[float]]] = [(case, []) for case in cases]
    for _ in range(times):
        for case, of_case in taken:
            of_case.append(await _claim_and_replace(case, synced=synced))
    return taken


async def _claim_and_replace(case: Case, *, synced: bool = False) -> float:
    started_at = time.perf_counter()
    claiming = asyncio.ensure_future(_claim(case.store))
    if synced:
        await asyncio.sleep(0)  # the claim is asked for first
        await case.database.writer.write(write_nothing, None)
    claim = await claiming
    seconds = time.perf_counter() - started_at
    await _replace(case.store, claim)
    return seconds * 1e6


async def _reach_cap(store: SqliteTaskStore) -> None:
    """Leave a task of the capped account running: from then on only others can be claimed.

    Accounts take turns, so that one of two claims is of the capped account, or it has reached its
    cap in an earlier round.
    """
    for _ in range(2):
        claim = await _claim(store)
        if claim.task.account == DEFAULT_ACCOUNT:
            break
        await _replace(store, claim)
    claim = await _claim(store)
    if claim.task.account == DEFAULT_ACCOUNT:
        raise ValueError("the capped account runs more than its cap")
    await _replace(store, claim)


async def _claim(store: SqliteTaskStore) -> Claim:
    models = frozenset({MODEL})
    (claim,) = await store.claim(models, LEASE, 1, "sketch", lambda _: datetime.now(UTC))
    return claim


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
