"""Plain creates in numbers, which a process of its own inserts, and what if that fails."""

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

import apsw
import pytest

from crash.processes import is_alive, kill, stopped
from domain.samples import ACCOUNT, MODEL, REGION, RETENTION, after, always, make_lease, make_new
from fakes import SetPolicy
from kaiga.domain.errors import QueueFull
from kaiga.domain.ids import Lane
from kaiga.domain.tasks import NewTask
from kaiga.store.rows import make_row
from kaiga.store.sqlite.adding import AddTasks
from kaiga.store.sqlite.announcing import Announcements
from kaiga.store.sqlite.connecting import open_connection
from kaiga.store.sqlite.inserting.insert_process import InsertOutcome, InsertProcess
from kaiga.store.sqlite.migrating import migrate
from kaiga.store.sqlite.waiting import WaitingTasks
from kaiga.store.wanted import AddWanted
from store.opened import OpenedSqlite

BURST = 100
STARTING_SECONDS = 30
WORTH_A_CHANGE = 256


def begin_together(sqlite: OpenedSqlite, new: list[NewTask]) -> asyncio.Future[list[Any]]:
    """Have tasks added; the first of them are under way when this returns."""
    dones = [asyncio.get_running_loop().create_future() for _ in new]
    for each, done in zip(new, dones, strict=True):
        sqlite.tasks.begin_add(each, done.set_result)
    return asyncio.gather(*dones)


async def add_together(sqlite: OpenedSqlite, new: list[NewTask]) -> list[Any]:
    return await begin_together(sqlite, new)


async def start_process(sqlite: OpenedSqlite) -> tuple[int, int]:
    """Create tasks until the process inserts them; gives its id and how many there are."""
    numbers = count()
    inserts = sqlite.database.inserts
    assert inserts is not None
    async with asyncio.timeout(STARTING_SECONDS):
        while not inserts.is_ready:
            await add_together(sqlite, [make_new(next(numbers)) for _ in range(BURST)])
    assert inserts.process_id is not None
    return inserts.process_id, next(numbers)


def count_tasks(sqlite: OpenedSqlite) -> object:
    return sqlite.select("SELECT count(*) FROM tasks")[0][0]


def make_burst(there: int) -> list[NewTask]:
    return [make_new(there + number) for number in range(BURST)]


async def test_a_burst_waits_for_the_process_and_no_other_write_overtakes_it(sqlite: OpenedSqlite):
    process_id, there = await start_process(sqlite)

    with stopped(process_id):
        adding = begin_together(sqlite, make_burst(there))
        looking = asyncio.ensure_future(sqlite.tasks.add(make_new(there + BURST)))
        await asyncio.wait([adding, looking], timeout=0.3)
        seen = adding.done(), looking.done(), count_tasks(sqlite)

    assert seen == (False, False, there)
    assert await adding == [None] * BURST
    await looking
    assert count_tasks(sqlite) == there + BURST + 1


async def test_creates_after_another_write_do_not_wait_for_the_process(sqlite: OpenedSqlite):
    process_id, there = await start_process(sqlite)

    with stopped(process_id):
        await sqlite.tasks.keep(ACCOUNT, REGION, make_new(0).task.id, after(0), RETENTION)
        answers = await add_together(sqlite, make_burst(there))

    assert answers == [None] * BURST
    assert count_tasks(sqlite) == there + BURST


async def test_the_first_task_of_a_lane_is_claimed_where_the_process_inserted_it(
    sqlite: OpenedSqlite,
):
    process_id, there = await start_process(sqlite)
    models = frozenset({"another"})
    assert not await sqlite.tasks.claim(models, make_lease(), 1, "e", always(after(1)))
    await add_together(sqlite, [make_new(there + number) for number in range(WORTH_A_CHANGE)])
    new = make_new(there + WORTH_A_CHANGE, catalogue_model="another")

    with stopped(process_id):
        adding = begin_together(sqlite, [new])
        await asyncio.wait([adding], timeout=0.1)
        assert not adding.done(), "it does not go by the process"
    await adding

    [claim] = await sqlite.tasks.claim(models, make_lease(), 1, "e", always(after(2)))
    assert claim.task.id == new.task.id


async def test_what_the_process_inserted_is_found_like_any_other_task(sqlite: OpenedSqlite):
    _, there = await start_process(sqlite)
    new = make_burst(there)

    await add_together(sqlite, new)

    found = await asyncio.gather(*(sqlite.tasks.find(each.task.id) for each in new))
    assert [task.lane if task else None for task in found] == [Lane(ACCOUNT, MODEL)] * BURST
    await sqlite.reopen()
    assert count_tasks(sqlite) == there + BURST


async def test_a_burst_whose_process_is_killed_is_recorded_once_all_the_same(sqlite: OpenedSqlite):
    process_id, there = await start_process(sqlite)

    os.kill(process_id, signal.SIGSTOP)
    adding = begin_together(sqlite, make_burst(there))
    kill(process_id)

    assert await adding == [None] * BURST
    assert count_tasks(sqlite) == there + BURST
    assert await add_together(sqlite, make_burst(there + BURST)) == [None] * BURST


async def test_a_burst_that_the_process_has_when_the_database_is_closed_is_recorded(
    sqlite: OpenedSqlite,
):
    process_id, there = await start_process(sqlite)
    os.kill(process_id, signal.SIGSTOP)
    adding = begin_together(sqlite, make_burst(there))

    await sqlite.reopen()

    assert await adding == [None] * BURST
    assert count_tasks(sqlite) == there + BURST


async def test_in_a_burst_with_a_task_that_is_there_already_that_one_alone_fails(
    sqlite: OpenedSqlite,
):
    _, there = await start_process(sqlite)
    new = make_burst(there)
    new[40] = make_new(0)

    answers = await add_together(sqlite, new)

    assert isinstance(answers.pop(40), apsw.ConstraintError)
    assert answers == [None] * (BURST - 1)
    assert count_tasks(sqlite) == there + BURST - 1


async def test_a_limit_of_waiting_tasks_holds_in_a_burst_too(sqlite: OpenedSqlite):
    _, there = await start_process(sqlite)
    sqlite.policy.queue_limits[Lane(ACCOUNT, MODEL)] = there + 10

    answers = await add_together(sqlite, make_burst(there))

    assert [answer is None for answer in answers].count(True) == 10
    assert all(answer is None or isinstance(answer, QueueFull) for answer in answers)
    assert count_tasks(sqlite) == there + 10


async def test_few_creates_at_once_start_no_process(sqlite: OpenedSqlite):
    for number in range(0, 1200, 4):
        await add_together(sqlite, [make_new(number + each) for each in range(4)])

    assert sqlite.database.inserts is not None
    assert sqlite.database.inserts.process_id is None


class TestProcess:
    @pytest.fixture
    def database(self, tmp_path: Path) -> Path:
        path = tmp_path / "kaiga.db"
        connection = open_connection(path)
        migrate(connection)
        connection.close()
        return path

    async def test_one_that_is_silent_for_too_long_is_ended(self, database: Path):
        async with ready_process(database, longest_silence_seconds=0.2) as process:
            process_id = process.process_id
            assert process_id is not None
            os.kill(process_id, signal.SIGSTOP)

            outcome = await insert(process, [make_new(1)])

            assert outcome is InsertOutcome.UNKNOWN
            assert not process.is_ready
            await wait_until(lambda: not is_alive(process_id))

    async def test_rows_of_which_one_is_there_already_are_all_refused(self, database: Path):
        async with ready_process(database) as process:
            first = await insert(process, [make_new(1)])
            second = await insert(process, [make_new(2), make_new(1)])
            many = await insert(process, [make_new(number) for number in range(10, 300)])
            bad = await insert(process, [make_new(300 - number) for number in range(300)])

        assert first is many is InsertOutcome.INSERTED
        assert second is bad is InsertOutcome.NOT_INSERTED
        assert open_connection(database).execute("SELECT count(*) FROM tasks").fetchone() == (291,)


def test_what_may_be_there_already_is_finished():
    connection = apsw.Connection(":memory:")
    migrate(connection)
    add = AddTasks(WaitingTasks(SetPolicy()), Announcements())
    wanted = [AddWanted(new=new, row=make_row(new)) for new in map(make_new, range(20))]
    add(connection, wanted[:7])

    answers = add.finish(connection, wanted)

    assert answers == [None] * 20
    assert connection.execute("SELECT count(*) FROM tasks").fetchone() == (20,)


@asynccontextmanager
async def ready_process(database: Path, **settings: float) -> AsyncGenerator[InsertProcess]:
    process = InsertProcess(database, **settings)
    process.want()
    try:
        await wait_until(lambda: process.is_ready)
        yield process
    finally:
        process.close()


async def wait_until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(STARTING_SECONDS):
        while not condition():  # noqa: ASYNC110  another process makes it true
            await asyncio.sleep(0.01)


async def insert(process: InsertProcess, new: list[NewTask]) -> InsertOutcome:
    outcome: asyncio.Future[InsertOutcome] = asyncio.get_running_loop().create_future()
    process.begin([make_row(each) for each in new], outcome.set_result)
    return await outcome
