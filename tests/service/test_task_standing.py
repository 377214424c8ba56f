"""How an unfinished task stands: its place, its progress, and when it may end."""

import asyncio
from collections.abc import Sequence
from time import monotonic

import pytest
from msgspec import structs

from domain.samples import (
    ACCOUNT,
    MODEL,
    OTHER_ACCOUNT,
    REGION,
    START,
    after,
    always,
    make_lease,
    make_new,
)
from fakes import SetCalendar
from kaiga.domain.ids import Lane
from kaiga.domain.progress import Progress
from kaiga.domain.tasks import Claim, Task
from kaiga.service.standing.crew import Crew
from kaiga.service.standing.queue_positions import COUNTED, QueuePositions
from kaiga.service.standing.run_costs import RunCosts
from kaiga.service.standing.task_progress import TaskProgress
from kaiga.service.standing.task_standing import Standing, TaskStanding
from service.troubled_store import TroubledStore


class CountingStore:
    """The store's lanes, with a count of how often they were asked for."""

    def __init__(self, store: TroubledStore) -> None:
        self._tasks = store.tasks
        self.reads = 0

    async def list_waiting(self, lane: Lane, limit: int) -> Sequence[str]:
        self.reads += 1
        return await self._tasks.list_waiting(lane, limit)


def build(
    store: TroubledStore, calendar: SetCalendar, workers: int = 1, fresh_seconds: float = 0
) -> TaskStanding:
    return TaskStanding(
        progress=TaskProgress(store.tasks),
        positions=QueuePositions(store.tasks, fresh_seconds),
        crew=Crew(workers, RunCosts()),
        calendar=calendar,
    )


async def claim_one(store: TroubledStore) -> Claim:
    [claim] = await store.tasks.claim(frozenset({MODEL}), make_lease(), 1, "e", always(START))
    return claim


async def find_in_the_end(positions: QueuePositions, task: Task) -> int | None:
    """Ask once, let the lane be read, and ask again."""
    positions.find(task)
    if positions._reader is not None:
        await positions._reader
    return positions.find(task)


def measure(standing: TaskStanding, task: Task, seconds: float) -> None:
    for _ in range(3):
        run = structs.replace(task, scheduled_at=START)
        standing.crew.costs.record(run, after(seconds * 1000))


class TestPlaces:
    async def test_a_place_is_how_many_wait_before_in_the_same_account_and_model(
        self, store: TroubledStore
    ):
        for number in range(4):
            await store.tasks.add(make_new(number))
        await store.tasks.add(make_new(1, account=OTHER_ACCOUNT, submitted_at=after(-5)))
        positions = QueuePositions(store.tasks)

        places = [await find_in_the_end(positions, make_new(n).task) for n in range(4)]

        assert places == [0, 1, 2, 3]

    async def test_the_first_to_ask_is_told_nothing_and_waits_for_nothing(
        self, store: TroubledStore
    ):
        await store.tasks.add(make_new(0))
        positions = QueuePositions(store.tasks)

        assert positions.find(make_new(0).task) is None

    async def test_a_place_moves_up_as_those_before_go(self, store: TroubledStore):
        for number in range(3):
            await store.tasks.add(make_new(number))
        positions = QueuePositions(store.tasks, fresh_seconds=0)
        assert await find_in_the_end(positions, make_new(2).task) == 2

        await claim_one(store)
        await store.tasks.cancel(ACCOUNT, REGION, make_new(1).task.id, after(5), after(6))

        assert await find_in_the_end(positions, make_new(2).task) == 0

    async def test_a_lane_is_read_once_a_second_however_many_ask(self, store: TroubledStore):
        for number in range(3):
            await store.tasks.add(make_new(number))
        counting = CountingStore(store)
        positions = QueuePositions(counting)  # type: ignore[arg-type]

        await find_in_the_end(positions, make_new(0).task)
        for number in range(300):
            await find_in_the_end(positions, make_new(number % 3).task)

        assert counting.reads == 1

    async def test_whoever_is_further_back_than_is_counted_is_told_that_much(
        self, store: TroubledStore
    ):
        await asyncio.gather(*(store.tasks.add(make_new(n)) for n in range(COUNTED + 2)))
        positions = QueuePositions(store.tasks)

        assert await find_in_the_end(positions, make_new(COUNTED - 1).task) == COUNTED - 1
        assert await find_in_the_end(positions, make_new(COUNTED + 1).task) == COUNTED

    async def test_a_store_that_is_away_only_leaves_places_out(self, store: TroubledStore):
        await store.tasks.add(make_new(0))
        positions = QueuePositions(store.tasks, fresh_seconds=0)
        store.database.close()

        assert await find_in_the_end(positions, make_new(0).task) is None


class TestStanding:
    async def test_a_waiting_task_is_in_the_queue(
        self, store: TroubledStore, calendar: SetCalendar
    ):
        standing = build(store, calendar)
        await store.tasks.add(make_new(0))
        await find_in_the_end(standing.positions, make_new(0).task)

        assert standing.find(make_new(0).task) == Standing(phase="queue", position=0)

    async def test_a_running_task_is_where_its_attempt_said_last(
        self, store: TroubledStore, calendar: SetCalendar
    ):
        standing = build(store, calendar)
        await store.tasks.add(make_new(0))
        task = (await claim_one(store)).task
        assert standing.find(task) == Standing()

        standing.progress.report(task.id, Progress(attempt=1, phase="generate", step=3, steps=20))

        assert standing.find(task) == Standing(phase="generate", step=3, steps=20)
        assert standing.find(structs.replace(task, attempt=2)) == Standing()

    async def test_what_is_told_of_a_waiting_task_may_be_told_until_its_lane_is_read_again(
        self, store: TroubledStore, calendar: SetCalendar
    ):
        standing = build(store, calendar, fresh_seconds=100)
        await store.tasks.add(make_new(0))
        now = monotonic()
        unread, until = standing.find_lasting(make_new(0).task)
        assert (unread.position, until <= monotonic()) == (None, True)

        await find_in_the_end(standing.positions, make_new(0).task)

        told, until = standing.find_lasting(make_new(0).task)
        assert told.position == 0
        assert now + 100 <= until <= monotonic() + 100

    async def test_what_is_told_of_a_running_task_may_change_at_any_moment(
        self, store: TroubledStore, calendar: SetCalendar
    ):
        standing = build(store, calendar, fresh_seconds=100)
        await store.tasks.add(make_new(0))
        await find_in_the_end(standing.positions, make_new(0).task)

        _, until = standing.find_lasting((await claim_one(store)).task)

        assert until <= monotonic()

    async def test_nothing_is_foretold_before_enough_was_measured(
        self, store: TroubledStore, calendar: SetCalendar
    ):
        standing = build(store, calendar)
        await store.tasks.add(make_new(0))
        waiting, running = make_new(0).task, (await claim_one(store)).task

        assert standing.find_in_queue(waiting, 0).eta_seconds is None
        assert standing.find(running).eta_seconds is None

    @pytest.mark.parametrize(
        ("position", "workers", "expected"), [(0, 1, 10), (3, 1, 40), (3, 2, 25), (None, 1, None)]
    )
    async def test_a_waiting_task_has_those_before_it_and_itself_to_wait_for(
        self,
        store: TroubledStore,
        calendar: SetCalendar,
        position: int | None,
        workers: int,
        expected: int | None,
    ):
        standing = build(store, calendar, workers)
        measure(standing, make_new(0).task, 10)

        assert standing.find_in_queue(make_new(0).task, position).eta_seconds == expected

    async def test_where_nothing_runs_or_nobody_has_counted_nothing_is_foretold(
        self, store: TroubledStore, calendar: SetCalendar
    ):
        idle, busy = build(store, calendar, workers=0), build(store, calendar)
        for each in (idle, busy):
            measure(each, make_new(0).task, 10)

        assert idle.find_in_queue(make_new(0).task, 0).eta_seconds is None
        assert busy.find_in_queue(make_new(0).task, COUNTED).eta_seconds is None

    @pytest.mark.parametrize(("run_seconds", "left"), [(0, 10), (4.5, 6), (10, 0), (99, 0)])
    async def test_a_running_task_has_what_is_left_and_never_less_than_nothing(
        self, store: TroubledStore, calendar: SetCalendar, run_seconds: float, left: int
    ):
        standing = build(store, calendar)
        measure(standing, make_new(0).task, 10)
        await store.tasks.add(make_new(0))
        running = (await claim_one(store)).task

        calendar.at = after(run_seconds * 1000)

        assert standing.find(running).eta_seconds == left
