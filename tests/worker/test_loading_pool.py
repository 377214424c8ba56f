"""Models are loaded before their tasks are claimed, in turn, and one that can't be is no trap."""

from collections.abc import AsyncIterator, Sequence

import pytest

from domain.samples import make_new
from kaiga.domain.ids import WorkerId
from kaiga.domain.tasks import Claim
from kaiga.ports.engine import Capabilities, EngineEvent, ResultMade
from kaiga.ports.task_store import ModelQueue
from kaiga.worker.child_engine_process import ChildEngineProcess
from kaiga.worker.loading_pool import LoadingPool
from worker.jobs import make_jobs
from worker.workshop import ODD_ENGINE, wait_until

BOTH = frozenset({"one", "two"})


class Queues:
    """How many tasks of each model wait, as a test says."""

    def __init__(self) -> None:
        self.waiting: dict[str, int] = {}

    async def count(self) -> Sequence[ModelQueue]:
        return [ModelQueue(model=model, waiting=count) for model, count in self.waiting.items()]


@pytest.fixture
def queues() -> Queues:
    return Queues()


@pytest.fixture
async def pool(queues: Queues) -> AsyncIterator[LoadingPool]:
    pool = LoadingPool([ChildEngineProcess(ODD_ENGINE)], Capabilities(), queues.count)
    yield pool
    await pool.stop()


def claim_of(model: str) -> Claim:
    return Claim(task=make_new(1, catalogue_model=model).task, worker=WorkerId("w"))


async def load(pool: LoadingPool, model: str) -> None:
    async def is_there() -> bool:
        return model in await pool.choose_models(frozenset({model}))

    await wait_until(is_there)


async def run(pool: LoadingPool, model: str) -> list[EngineEvent]:
    turn = pool.begin_turn(claim_of(model))
    try:
        return [event async for event in turn.generate(make_jobs("a boat", model=model))]
    finally:
        turn.leave()


async def test_a_model_is_loaded_before_its_tasks_may_be_claimed(pool: LoadingPool, queues: Queues):
    queues.waiting = {"heavy": 1}

    assert await pool.choose_models(frozenset({"heavy"})) == frozenset()
    assert list((await pool.check_health()).loading) == ["heavy"]
    assert pool.count_room() == 0

    await load(pool, "heavy")
    health = await pool.check_health()
    assert (health.loaded, dict(health.loading)) == (("heavy",), {})
    assert isinstance((await run(pool, "heavy"))[-1], ResultMade)


async def test_nothing_is_loaded_that_nobody_waits_for(pool: LoadingPool):
    assert await pool.choose_models(BOTH) == frozenset()
    assert (await pool.check_health()).loading == {}


async def test_tasks_of_a_loaded_model_go_before_a_load(pool: LoadingPool, queues: Queues):
    queues.waiting = {"one": 1}
    await load(pool, "one")
    queues.waiting = {"one": 5, "two": 1}

    assert await pool.choose_models(BOTH) == {"one"}
    assert pool.count_room() == 1


async def test_a_model_that_has_waited_long_enough_is_loaded_all_the_same(queues: Queues):
    pool = LoadingPool(
        [ChildEngineProcess(ODD_ENGINE)], Capabilities(), queues.count, patience_seconds=0.0
    )
    try:
        queues.waiting = {"one": 1}
        await load(pool, "one")
        queues.waiting = {"one": 5, "two": 1}

        assert await pool.choose_models(BOTH) == frozenset()
        assert list((await pool.check_health()).loading) == ["two"]
        await load(pool, "two")
    finally:
        await pool.stop()


async def test_a_model_that_can_not_be_loaded_is_claimed_so_that_its_tries_count(
    pool: LoadingPool, queues: Queues
):
    queues.waiting = {"unloadable": 1}

    await load(pool, "unloadable")

    assert "unloadable" in (await pool.check_health()).message
    assert pool.count_room() == 1


async def test_a_run_takes_the_process_that_has_its_model(queues: Queues):
    children = [ChildEngineProcess(ODD_ENGINE) for _ in range(2)]
    pool = LoadingPool(children, Capabilities(), queues.count)
    try:
        queues.waiting = {"one": 1}
        await load(pool, "one")
        queues.waiting = {"one": 1, "two": 1}
        await load(pool, "two")
        holder = next(child for child in children if "one" in child.loaded)

        await run(pool, "one")
        await run(pool, "two")

        assert "two" not in holder.loaded
    finally:
        await pool.stop()
