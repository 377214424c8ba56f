"""Processes come by need and go without it; children stand for whatever is started."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta

import pytest

from domain.samples import START, make_new
from fakes import SetCalendar
from kaiga.domain.engines import EngineState
from kaiga.domain.errors import EngineCrashed
from kaiga.domain.ids import WorkerId
from kaiga.domain.scaling import Scale
from kaiga.domain.tasks import Claim
from kaiga.ports.engine import ResultMade
from kaiga.ports.task_store import ModelQueue
from kaiga.worker.child_engine_process import ChildEngineProcess
from kaiga.worker.scaled_pool import Demand, ScaledPool
from kaiga.worker.slots import Slots
from worker.jobs import make_jobs
from worker.test_child_engine_process import wait_until_gone
from worker.workshop import ODD_ENGINE, wait_until

SCALE = Scale(fewest=0, most=2, queue_seconds=10.0, idle_seconds=0.2)
CLAIM = Claim(task=make_new(1, catalogue_model="m").task, worker=WorkerId("w"))


class Place:
    """What waits, where processes are started, and a pool over both."""

    def __init__(self, scale: Scale) -> None:
        self.waiting = 0
        self.waited = timedelta()
        self.trouble = ""
        self.command: Sequence[str] = ODD_ENGINE
        self.built: list[ChildEngineProcess] = []
        self.left = 0
        demand = Demand(
            count_queues=self.count,
            list_models=lambda: frozenset({"m"}),
            calendar=SetCalendar(),
            check=self.check,
        )
        self.pool = ScaledPool(Slots([]), self.build, scale, demand)

    async def count(self) -> Sequence[ModelQueue]:
        strange = ModelQueue(model="other", waiting=9, oldest_at=START)
        oldest_at = START - self.waited
        own = [ModelQueue(model="m", waiting=self.waiting, oldest_at=oldest_at)]
        return [strange, *(own if self.waiting else [])]

    async def check(self) -> str:
        return self.trouble

    def build(self) -> ChildEngineProcess:
        self.built.append(ChildEngineProcess(self.command))
        return self.built[-1]

    def note_left(self) -> None:
        self.left += 1

    async def wait_for_room(self, room: int) -> None:
        async def has_room() -> bool:
            return self.pool.count_room() == room

        await wait_until(has_room)


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    place = Place(SCALE)
    yield place
    await place.pool.stop()


async def run(place: Place, prompt: str) -> bytes:
    turn = place.pool.begin_turn(CLAIM)
    try:
        events = [event async for event in turn.generate(make_jobs(prompt))]
    finally:
        turn.leave()
    assert isinstance(events[-1], ResultMade)
    return events[-1].files[0].content


async def test_the_first_task_that_waits_has_a_process_started_and_idleness_ends_it(place: Place):
    place.pool.on_left(place.note_left)
    assert place.pool.count_room() == 0

    place.waiting = 1
    await place.wait_for_room(1)
    assert place.left == 1
    place.waiting = 0
    process_id = int(await run(place, "process"))

    await place.wait_for_room(0)
    await asyncio.to_thread(wait_until_gone, process_id)


async def test_a_long_wait_brings_more_up_to_the_most(place: Place):
    place.waiting, place.waited = 9, timedelta(seconds=11)
    place.pool.on_left(place.note_left)
    await place.wait_for_room(1)
    turn = place.pool.begin_turn(CLAIM)
    await turn.wait_for_turn()

    await place.wait_for_room(1)

    assert place.pool.count_most_turns() == len(place.built) == 2
    turn.leave()


async def test_a_process_that_died_is_dropped_and_another_one_started(place: Place):
    place.waiting = 1
    place.pool.on_left(place.note_left)
    await place.wait_for_room(1)
    process_id = place.built[0].process_id
    assert process_id is not None

    with pytest.raises(EngineCrashed):
        await run(place, "crash")

    assert place.pool.count_room() == 0
    await place.wait_for_room(1)
    assert place.built[-1].process_id not in {None, process_id}


async def test_one_that_died_idle_is_dropped_too(place: Place):
    place.waiting = 1
    place.pool.on_left(place.note_left)
    await place.wait_for_room(1)
    place.waiting = 0
    process_id = place.built[0].process_id
    assert process_id is not None

    os.kill(process_id, signal.SIGKILL)

    await place.wait_for_room(0)


async def test_trouble_is_told_and_goes(place: Place):
    place.command = ["/nowhere/at/all"]
    place.waiting = 1
    place.pool.on_left(place.note_left)

    async def is_told() -> bool:
        return "can't be started" in (await place.pool.check_health()).message

    await wait_until(is_told)
    place.command = ODD_ENGINE
    await place.wait_for_room(1)
    assert (await place.pool.check_health()).message == ""


async def test_a_place_that_does_not_answer_makes_the_engine_away(place: Place):
    place.trouble = "the cluster is gone"

    health = await place.pool.check_health()

    assert (health.state, health.message) == (EngineState.AWAY, "the cluster is gone")
