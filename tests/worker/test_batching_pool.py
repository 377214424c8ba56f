"""Runs are made together where that was measured to be quicker, and each sees only its own jobs."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing

import msgspec
import pytest

from domain.samples import MODEL, make_task
from kaiga.domain.batch_profiles import BatchProfile, WorkShape
from kaiga.domain.errors import EngineBusy, EngineCrashed, EngineStopped
from kaiga.domain.ids import WorkerId
from kaiga.domain.tasks import AttemptCause, Claim, TaskStatus
from kaiga.ports.engine import EngineEvent, GenerationJob, JobFailed, ResultMade
from kaiga.ports.engine_pool import EnginePool
from kaiga.worker.batching_pool import BatchingPool, BatchingTurn
from kaiga.worker.child_engine_process import ChildEngineProcess
from kaiga.worker.slots import Slots
from worker.jobs import make_jobs
from worker.workshop import ODD_ENGINE, Workshop, at_work, wait_until

SIDES = {"width_pixels": 8, "height_pixels": 8}
SECONDS = {1: 1.0, 2: 1.1, 4: 1.5}
WORKER_STOPPED = AttemptCause.WORKER_STOPPED


def make_profile(model: str = MODEL, **sides: int) -> BatchProfile:
    shape = WorkShape(model=model, **{**SIDES, **sides})
    return BatchProfile(engine="odd", shape=shape, seconds=SECONDS)


def make_pool(profile: BatchProfile, slots: int = 1) -> BatchingPool:
    children = [ChildEngineProcess(ODD_ENGINE) for _ in range(slots)]
    return join_runs(Slots(children), profile)


def join_runs(pool: EnginePool, profile: BatchProfile) -> BatchingPool:
    """Wait for runs that are on their way for as long as a busy machine may keep them."""
    return BatchingPool(pool, [profile], {}, gathering_seconds=0.9)


@pytest.fixture
async def pool() -> AsyncIterator[BatchingPool]:
    pool = make_pool(make_profile())
    yield pool
    await pool.stop()


def begin(pool: EnginePool, number: int = 1, attempt: int = 1) -> BatchingTurn:
    task = msgspec.structs.replace(make_task(number), attempt=attempt)
    turn = pool.begin_turn(Claim(task=task, worker=WorkerId("w")))
    assert isinstance(turn, BatchingTurn)
    return turn


def jobs_of(*prompts: str, **changes: int) -> Sequence[GenerationJob]:
    jobs = make_jobs(*prompts, model=MODEL)
    return [msgspec.structs.replace(job, **changes) for job in jobs]


async def make(turn: BatchingTurn, jobs: Sequence[GenerationJob]) -> list[EngineEvent]:
    async with aclosing(turn.generate(jobs)) as events:
        return [event async for event in events]


def ends_of(events: Sequence[EngineEvent]) -> list[tuple[int, str]]:
    """Give the index and the text of each job's end."""
    told = {
        event.index: event.message if isinstance(event, JobFailed) else file_text(event)
        for event in events
        if isinstance(event, JobFailed | ResultMade)
    }
    return sorted(told.items())


def file_text(event: ResultMade) -> str:
    return event.files[0].content.decode()


async def make_all(pool: BatchingPool, *orders: Sequence[GenerationJob]) -> list[str]:
    """Begin all runs before any order; give each run's first end."""
    turns = [begin(pool, number) for number in range(len(orders))]
    made = await asyncio.gather(*map(make, turns, orders))
    return [ends_of(events)[0][1] for events in made]


async def test_runs_of_one_shape_are_one_batch(pool: BatchingPool):
    assert await make_all(pool, *[jobs_of("size")] * 4) == ["one of 4"] * 4


async def test_no_batch_is_larger_than_the_best(pool: BatchingPool):
    told = await make_all(pool, *[jobs_of("size")] * 6)

    assert told == ["one of 4"] * 4 + ["one of 2"] * 2


async def test_a_run_alone_does_not_wait_for_others(pool: BatchingPool):
    async with asyncio.timeout(30):
        assert await make_all(pool, jobs_of("size")) == ["one of 1"]


async def test_a_run_that_comes_a_little_later_is_waited_for(pool: BatchingPool):
    early, late = begin(pool, 1), begin(pool, 2)

    first = asyncio.create_task(make(early, jobs_of("size")))
    await asyncio.sleep(0)
    second = await make(late, jobs_of("size"))

    assert ends_of(await first) == ends_of(second) == [(0, "one of 2")]


async def test_other_sizes_are_never_joined():
    pool = make_pool(make_profile())
    try:
        told = await make_all(pool, jobs_of("size"), jobs_of("size", width_pixels=16))
    finally:
        await pool.stop()

    assert told == ["one of 1", "one of 1"]


async def test_what_was_not_measured_is_not_joined():
    pool = make_pool(make_profile(width_pixels=1024))
    try:
        told = await make_all(pool, jobs_of("size"), jobs_of("size"))
    finally:
        await pool.stop()

    assert told == ["one of 1", "one of 1"]


async def test_each_run_sees_its_own_jobs_under_its_own_numbers(pool: BatchingPool):
    one, other = begin(pool, 1), begin(pool, 2)

    mine, yours = await asyncio.gather(
        make(one, jobs_of("a", "fail")), make(other, jobs_of("c", "size"))
    )

    assert ends_of(mine) == [(0, "a/0"), (1, "no")]
    assert ends_of(yours) == [(0, "c/0"), (1, "one of 4")]


async def test_a_stop_of_one_run_leaves_the_others_jobs_going(pool: BatchingPool):
    stopped, going = begin(pool, 1), begin(pool, 2)
    events = stopped.generate(jobs_of("walk"))
    other = going.generate(jobs_of("walk"))
    await asyncio.gather(anext(events), anext(other))

    assert stopped.stop_batch()
    with pytest.raises(EngineStopped):
        await read_to_end(events)
    assert pool.count_room() == 0  # the engine still works, for the other one

    assert going.stop_batch()
    with pytest.raises(EngineStopped):
        await read_to_end(other)


async def read_to_end(events: AsyncIterator[EngineEvent]) -> None:
    async for _ in events:
        pass


async def test_jobs_of_a_stopped_run_are_left_once_all_others_are_done(pool: BatchingPool):
    quick, slow = begin(pool, 1), begin(pool, 2)
    made = asyncio.create_task(make(quick, jobs_of("a")))
    await asyncio.sleep(0)
    stopped = asyncio.create_task(make(slow, jobs_of("walk")))

    async def is_told() -> bool:
        return slow.stop_batch()

    await wait_until(is_told)
    with pytest.raises(EngineStopped):
        await stopped
    assert ends_of(await made) == [(0, "a/0")]
    assert await make_all(pool, jobs_of("size")) == ["one of 1"]


async def test_a_batch_that_nobody_reads_any_more_frees_its_engine(pool: BatchingPool):
    runs = [begin(pool, number).generate(jobs_of("walk")) for number in range(2)]
    await asyncio.gather(*map(anext, runs))

    async def is_idle() -> bool:
        return pool.has_idle

    assert not await is_idle()
    for run in runs:
        await run.aclose()
    await wait_until(is_idle)

    assert await make_all(pool, jobs_of("size")) == ["one of 1"]


async def test_who_finds_no_room_for_long_goes_back_to_the_queue(pool: BatchingPool):
    busy, ahead = begin(pool, 1), begin(pool, 2)
    events = busy.generate(jobs_of("walk"))
    await anext(events)

    with pytest.raises(EngineBusy):
        await make(ahead, jobs_of("size", width_pixels=16))
    await events.aclose()


async def test_a_crash_is_every_runs_and_after_it_who_tries_again_is_alone(pool: BatchingPool):
    turns = [begin(pool, number) for number in range(2)]
    ends = await asyncio.gather(
        make(turns[0], jobs_of("crash")), make(turns[1], jobs_of("size")), return_exceptions=True
    )
    assert [type(end) for end in ends] == [EngineCrashed, EngineCrashed]

    again = [begin(pool, number, attempt=2) for number in range(2)]
    told = await asyncio.gather(*[make(turn, jobs_of("size")) for turn in again])
    fresh = await make_all(pool, jobs_of("size"), jobs_of("size"))

    assert [ends_of(each) for each in told] == [[(0, "one of 1")]] * 2
    assert fresh == ["one of 2"] * 2


async def test_as_many_runs_may_begin_as_the_best_batch_has(pool: BatchingPool):
    assert (pool.count_room(), pool.count_most_turns()) == (4, 4)

    turn = begin(pool)
    assert pool.count_room() == 3

    turn.leave()
    assert pool.count_room() == 4


async def test_a_task_that_breaks_the_engine_costs_its_neighbours_one_attempt(workshop: Workshop):
    profile = make_profile(width_pixels=768, height_pixels=768)
    supervisor = workshop.build(slots=1, wrap=lambda pool: join_runs(pool, profile))
    bad = await workshop.add("crash")
    neighbours = [await workshop.add("size") for _ in range(3)]

    async with at_work(supervisor):
        await workshop.wait_for(bad, TaskStatus.FAILED)
        ended = [await workshop.wait_for(each, TaskStatus.FAILED) for each in neighbours]
        causes = [await workshop.read_causes(each) for each in neighbours]

    crashed = AttemptCause.ENGINE_CRASHED
    assert await workshop.read_causes(bad) == [crashed] * 3
    counted = [[each for each in told if each is not WORKER_STOPPED] for told in causes]
    assert [crashed, None] in counted
    assert all(told in ([crashed, None], [None]) for told in counted)  # some may come too late
    assert [each.failure and each.failure.code for each in ended] == ["Size"] * 3
