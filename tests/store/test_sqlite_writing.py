"""The group commit: batches that share a commit, and what becomes of them when one write is bad."""

import asyncio
import contextlib
from collections.abc import Awaitable, Generator, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import apsw
import pytest

from domain.samples import (
    ACCOUNT,
    MODEL,
    REGION,
    after,
    always,
    make_failed,
    make_lease,
    make_new,
    make_success,
)
from kaiga.domain.errors import KaigaError, LeaseLost, StoreUnavailable
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import AttemptCause
from kaiga.store.sqlite.connecting import open_connection
from store.opened import OpenedSqlite
from store.traffic import wait_until

LARGE = b"x" * 30_000
LARGE_LOG_BYTES = 66 * 1024 * 1024
LOG_SECONDS = 90


def insert_purposes(connection: apsw.Connection, purposes: Sequence[str]) -> Sequence[str]:
    """A kind of write that breaks a rule of the schema where a purpose comes twice."""
    for purpose in purposes:
        connection.execute("INSERT INTO secrets VALUES (?, '1', x'00', 0, NULL)", (purpose,))
    return [purpose.upper() for purpose in purposes]


def fail_after_writing(connection: apsw.Connection, purposes: Sequence[str]) -> Sequence[str]:
    insert_purposes(connection, purposes)
    raise RuntimeError("a bug")


def refuse(connection: apsw.Connection, purposes: Sequence[str]) -> Sequence[KaigaError]:
    insert_purposes(connection, purposes)
    return [LeaseLost() for _ in purposes]


def limit_pages(connection: apsw.Connection, spare: Sequence[int]) -> Sequence[None]:
    """Leave so many pages before the database counts as full."""
    in_use = int(str(connection.pragma("page_count")))
    connection.pragma("max_page_count", in_use + spare[-1])
    return [None] * len(spare)


def read_purposes(sqlite: OpenedSqlite) -> list[object]:
    return [row[0] for row in sqlite.select("SELECT purpose FROM secrets ORDER BY purpose")]


async def settle(*writes: Awaitable[Any]) -> list[Any]:
    return await asyncio.gather(*writes, return_exceptions=True)


async def test_a_claim_that_begins_as_a_task_is_told_of_is_part_of_its_commit(
    sqlite: OpenedSqlite,
):
    claiming: list[asyncio.Future[Any]] = []

    def claim(model: str) -> None:
        models = frozenset({model})
        claimed = sqlite.tasks.claim(models, make_lease(), 1, "sketch", always(after(5)))
        claiming.append(asyncio.ensure_future(claimed))

    sqlite.tasks.on_adding(claim)
    before = sqlite.database.writer.commits
    await sqlite.tasks.add(make_new(0))
    [[claimed]] = await asyncio.gather(*claiming)

    assert sqlite.database.writer.commits == before + 1
    assert (claimed.task.id, claimed.task.attempt) == (make_new(0).task.id, 1)


async def test_a_task_that_is_final_from_the_start_is_not_told_as_one_to_claim(
    sqlite: OpenedSqlite,
):
    told: list[str] = []
    sqlite.tasks.on_adding(told.append)

    await sqlite.tasks.add(make_failed(0))
    await sqlite.tasks.add(make_new(1))

    assert told == [MODEL]


async def test_writes_that_arrive_together_share_commits(sqlite: OpenedSqlite):
    before = sqlite.database.writer.commits

    await asyncio.gather(*(sqlite.tasks.add(make_new(number)) for number in range(300)))

    assert sqlite.database.writer.commits - before < 30
    assert sqlite.select("SELECT count(*) FROM tasks") == [(300,)]


async def test_each_caller_gets_the_answer_to_its_own_write(sqlite: OpenedSqlite):
    write = sqlite.database.writer.write

    answers = await settle(*(write(insert_purposes, f"p{number}") for number in range(100)))

    assert answers == [f"P{number}" for number in range(100)]


@pytest.mark.parametrize("count", [2, 7, 40, 600])
async def test_in_a_batch_with_one_bad_write_that_write_alone_fails(
    sqlite: OpenedSqlite, count: int
):
    write = sqlite.database.writer.write
    await write(insert_purposes, "taken")
    purposes = [f"p{number}" for number in range(count)]
    purposes[count // 2] = "taken"

    answers = await settle(*(write(insert_purposes, purpose) for purpose in purposes))

    bad = answers.pop(count // 2)
    purposes.pop(count // 2)
    assert isinstance(bad, apsw.ConstraintError)
    assert answers == [purpose.upper() for purpose in purposes]
    assert read_purposes(sqlite) == sorted([*purposes, "taken"])


async def test_in_a_batch_with_a_task_that_is_there_already_the_other_tasks_are_added(
    sqlite: OpenedSqlite,
):
    await sqlite.tasks.add(make_new(3))

    answers = await settle(*(sqlite.tasks.add(make_new(number)) for number in range(20)))

    assert isinstance(answers.pop(3), apsw.ConstraintError)
    assert answers == [None] * 19
    assert sqlite.select("SELECT count(*) FROM tasks") == [(20,)]


async def test_a_bad_write_does_not_keep_writes_of_other_kinds_back(sqlite: OpenedSqlite):
    write = sqlite.database.writer.write

    answers = await settle(
        sqlite.tasks.add(make_new(0)),
        write(fail_after_writing, "never"),
        write(insert_purposes, "p"),
        sqlite.tasks.add(make_failed(1)),
    )

    assert answers[0] is None
    assert isinstance(answers[1], RuntimeError)
    assert answers[2:] == ["P", None]
    assert read_purposes(sqlite) == ["p"]
    assert sqlite.select("SELECT count(*) FROM tasks") == [(2,)]


async def test_a_write_that_raises_leaves_nothing(sqlite: OpenedSqlite):
    with pytest.raises(RuntimeError, match="a bug"):
        await sqlite.database.writer.write(fail_after_writing, "never")

    assert read_purposes(sqlite) == []


async def test_an_error_given_as_an_answer_goes_to_its_caller_and_undoes_nobody(
    sqlite: OpenedSqlite,
):
    write = sqlite.database.writer.write

    answers = await settle(write(insert_purposes, "p"), write(refuse, "q"))

    assert answers[0] == "P"
    assert isinstance(answers[1], LeaseLost)
    assert read_purposes(sqlite) == ["p", "q"]


async def test_a_bug_in_who_is_told_of_a_write_keeps_it_from_nobody_else(sqlite: OpenedSqlite):
    told: list[object] = []

    def stumble(answer: str | Exception) -> None:
        told.append(answer)
        raise RuntimeError("a bug")

    writer = sqlite.database.writer
    for purpose in ("p", "q"):
        writer.begin(insert_purposes, purpose, stumble)
    async with asyncio.timeout(5):
        answers = await settle(writer.write(insert_purposes, "r"))

    assert answers == ["R"]
    assert told == ["P", "Q"]
    assert read_purposes(sqlite) == ["p", "q", "r"]


async def test_who_is_told_after_the_close_is_told_that_the_store_is_unavailable(
    sqlite: OpenedSqlite,
):
    told: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()
    sqlite.database.close()

    sqlite.tasks.begin_add(make_new(0), told.set_result)

    assert not told.done()
    async with asyncio.timeout(5):
        assert isinstance(await told, StoreUnavailable)
    sqlite._open()


async def test_a_write_whose_caller_has_gone_is_written_all_the_same(sqlite: OpenedSqlite):
    caller = asyncio.ensure_future(sqlite.tasks.add(make_new(0)))
    await asyncio.sleep(0)

    caller.cancel()
    await asyncio.wait([caller])
    await sqlite.tasks.add(make_new(1))

    assert sqlite.select("SELECT count(*) FROM tasks") == [(2,)]


async def test_what_waits_when_the_store_closes_is_written(sqlite: OpenedSqlite):
    adding = [asyncio.ensure_future(sqlite.tasks.add(make_new(n))) for n in range(50)]
    await asyncio.sleep(0)

    sqlite.database.close()

    async with asyncio.timeout(5):
        assert await settle(*adding) == [None] * 50
    sqlite._open()
    assert sqlite.select("SELECT count(*) FROM tasks") == [(50,)]


async def test_a_write_after_the_close_is_told_that_the_store_is_unavailable(
    sqlite: OpenedSqlite,
):
    sqlite.database.close()

    async with asyncio.timeout(5):
        with pytest.raises(StoreUnavailable):
            await sqlite.tasks.add(make_new(0))
    sqlite._open()


async def test_a_read_after_the_close_is_told_that_the_store_is_unavailable(
    sqlite: OpenedSqlite,
):
    sqlite.database.close()

    async with asyncio.timeout(5):
        with pytest.raises(StoreUnavailable):
            await sqlite.tasks.find(make_new(0).task.id)
        with pytest.raises(StoreUnavailable):
            await sqlite.tasks.measure_queue()
    sqlite._open()


async def test_an_id_that_can_not_be_written_fails_no_other_lookup(sqlite: OpenedSqlite):
    await sqlite.tasks.add(make_new(0))

    found, odd = await settle(
        sqlite.tasks.find(make_new(0).task.id), sqlite.tasks.find(TaskId("\ud800"))
    )

    assert found == make_new(0).task
    assert odd is None


class TestFullDisk:
    async def test_what_does_not_fit_is_unavailable_and_changes_nothing(self, sqlite: OpenedSqlite):
        await sqlite.tasks.add(make_new(0))
        await sqlite.database.writer.write(limit_pages, 40)

        answers = await settle(
            *(sqlite.tasks.add(make_new(number, request=LARGE)) for number in range(1, 31))
        )
        late = await settle(
            *(sqlite.tasks.add(make_new(number, request=LARGE)) for number in range(31, 41))
        )

        outcomes = [*answers, *late]
        assert {type(outcome) for outcome in outcomes} <= {type(None), StoreUnavailable}
        assert isinstance(outcomes[-1], StoreUnavailable)
        for number, outcome in enumerate(outcomes, start=1):
            is_there = await sqlite.tasks.find(make_new(number).task.id) is not None
            assert is_there == (outcome is None)

    async def test_every_kind_of_change_is_refused_whole_and_reads_go_on(
        self, sqlite: OpenedSqlite
    ):
        tasks = sqlite.tasks
        await tasks.add(make_new(0, count=4))
        await tasks.add(make_new(1))
        [claim] = await tasks.claim(frozenset({MODEL}), make_lease(), 1, "e", always(after(5)))
        await sqlite.database.writer.write(limit_pages, 0)
        while not isinstance(
            (await settle(tasks.add(make_new(9, request=LARGE))))[0], StoreUnavailable
        ):
            await tasks.purge_expired(after(0), 1)
        before = sqlite.select("SELECT count(*), sum(attempt) FROM tasks")

        long_prompt = "p" * 30_000
        with pytest.raises(StoreUnavailable):
            await tasks.finish(claim, make_success(claim, long_prompt), after(6), after(99))

        assert await tasks.find(claim.task.id) == claim.task
        assert (await tasks.measure_queue()).running == 1
        assert sqlite.select("SELECT count(*), sum(attempt) FROM tasks") == before
        assert sqlite.select("SELECT count(*) FROM results") == [(0,)]
        assert sqlite.select("SELECT count(*) FROM usage_ledger") == [(0,)]

    async def test_once_there_is_room_everything_works_again(self, sqlite: OpenedSqlite):
        tasks = sqlite.tasks
        await tasks.add(make_new(0))
        [claim] = await tasks.claim(frozenset({MODEL}), make_lease(), 1, "e", always(after(5)))
        await sqlite.database.writer.write(limit_pages, 0)
        with pytest.raises(StoreUnavailable):
            await tasks.add(make_new(1, request=LARGE))

        await sqlite.database.writer.write(limit_pages, 10_000)

        await tasks.add(make_new(1, request=LARGE))
        await tasks.finish(claim, make_success(claim), after(6), after(99))
        assert await tasks.cancel(ACCOUNT, REGION, make_new(1).task.id, after(7), after(99))
        with pytest.raises(LeaseLost):
            await tasks.give_back(claim, AttemptCause.WORKER_LOST, after(8), after(99))


async def test_a_commit_is_on_disk_before_it_returns(sqlite: OpenedSqlite):
    for connection in (open_connection(sqlite.path), sqlite.database._connection):
        assert connection.pragma("journal_mode") == "wal"
        assert connection.pragma("synchronous") == 2  # FULL
        assert connection.pragma("wal_autocheckpoint") == 0
        assert connection.pragma("foreign_keys") == 1


async def test_a_log_that_a_reader_kept_large_is_given_back_while_creates_go_on(
    sqlite: OpenedSqlite,
):
    log, numbers = sqlite.path.with_name(f"{sqlite.path.name}-wal"), count()

    async def add_many() -> None:
        new = [make_new(next(numbers), request=LARGE) for _ in range(200)]
        await asyncio.gather(*map(sqlite.tasks.add, new))

    async with asyncio.timeout(LOG_SECONDS):
        with reading_old_pages(sqlite.path):
            while log.stat().st_size <= LARGE_LOG_BYTES:
                await add_many()
        while log.stat().st_size > LARGE_LOG_BYTES:
            await sqlite.tasks.add(make_new(next(numbers)))

    assert sqlite.select("SELECT count(*) FROM tasks") == [(next(numbers),)]


async def test_a_log_begins_anew_while_creates_go_on_without_a_pause(sqlite: OpenedSqlite):
    log, numbers = sqlite.path.with_name(f"{sqlite.path.name}-wal"), count()

    async def add_for_ever() -> None:
        while True:
            await sqlite.tasks.add(make_new(next(numbers), request=LARGE))

    async with asyncio.timeout(LOG_SECONDS), asyncio.TaskGroup() as group:
        adding = [group.create_task(add_for_ever()) for _ in range(64)]
        await wait_until(lambda: log.stat().st_size > 0)
        first = read_beginning_number(log)
        await wait_until(lambda: read_beginning_number(log) > first + 1)
        for each in adding:
            each.cancel()


@contextlib.contextmanager
def reading_old_pages(database: Path) -> Generator[None]:
    with contextlib.closing(open_connection(database, read_only=True)) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM tasks").fetchall()
        yield


def read_beginning_number(log: Path) -> int:
    """Read how often a log has begun anew (sqlite.org/fileformat2.html, 4.1)."""
    with log.open("rb") as header:
        return int.from_bytes(header.read(16)[12:], "big")


async def test_claims_and_renewals_alone_leave_the_sync_to_the_next_write(sqlite: OpenedSqlite):
    connection, tasks = sqlite.database._connection, sqlite.tasks
    await tasks.add(make_new(0))

    [claim] = await tasks.claim(frozenset({MODEL}), make_lease(), 1, "e", always(after(1)))
    of_a_claim = connection.pragma("synchronous")
    await tasks.finish(claim, make_success(claim), after(2), after(99))
    of_an_end = connection.pragma("synchronous")
    await tasks.renew([claim], make_lease())
    of_a_renewal = connection.pragma("synchronous")

    assert (of_a_claim, of_an_end, of_a_renewal) == (1, 2, 1)  # NORMAL, FULL, NORMAL


async def test_a_claim_that_shares_a_batch_with_an_end_is_synced(sqlite: OpenedSqlite):
    connection, tasks = sqlite.database._connection, sqlite.tasks
    await tasks.add(make_new(0))
    await tasks.add(make_new(1))
    [claim] = await tasks.claim(frozenset({MODEL}), make_lease(), 1, "e", always(after(1)))
    commits = sqlite.database.writer.commits

    await asyncio.gather(
        tasks.claim(frozenset({MODEL}), make_lease(), 1, "e", always(after(1))),
        tasks.finish(claim, make_success(claim), after(2), after(99)),
    )

    assert sqlite.database.writer.commits == commits + 1
    assert connection.pragma("synchronous") == 2  # FULL


async def test_readers_can_not_write(sqlite: OpenedSqlite):
    def write(connection: apsw.Connection) -> None:
        connection.execute("DELETE FROM tasks")

    for thread in (sqlite.database.lookups, sqlite.database.lists):
        with pytest.raises(StoreUnavailable):
            await thread.read(write)
