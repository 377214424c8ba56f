"""Batches that wait in a process for the one before: they have not begun, and share no fate."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from pathlib import Path

import pytest

from domain.samples import make_new
from kaiga.domain.errors import EngineCrashed, EngineHung, EngineStopped
from kaiga.domain.ids import WorkerId
from kaiga.domain.tasks import Claim
from kaiga.ports.engine import EngineEvent, ResultMade, StepDone
from kaiga.worker.child_engine_process import ChildEngineProcess
from kaiga.worker.given_batch import BatchNotBegun, GivenBatch
from kaiga.worker.slots import Slots, Turn
from worker.jobs import make_jobs
from worker.workshop import ODD_ENGINE, PATIENCE_SECONDS, wait_until

CLAIM = Claim(task=make_new(1, catalogue_model="m").task, worker=WorkerId("w"))
SILENCE_SECONDS = 0.5
SLOW_SECONDS = 0.1
WALKING_SECONDS = 3 * SILENCE_SECONDS
Reading = asyncio.Task[list[EngineEvent]]


def make_batch(*prompts: str) -> GivenBatch:
    return GivenBatch("m", make_jobs(*prompts), lambda: None)


def read(process: ChildEngineProcess, batch: GivenBatch) -> Reading:
    """Have a batch made; gives what collects its events."""

    async def collect() -> list[EngineEvent]:
        async with asyncio.timeout(PATIENCE_SECONDS), aclosing(process.make(batch)) as events:
            return [event async for event in events]

    return asyncio.create_task(collect())


def contents_of(events: Sequence[EngineEvent]) -> list[bytes]:
    return [each.files[0].content for each in events if isinstance(each, ResultMade)]


async def until(condition: Callable[[], bool]) -> None:
    async def is_met() -> bool:
        return condition()

    await wait_until(is_met)


@pytest.fixture
async def process() -> AsyncIterator[ChildEngineProcess]:
    """A process that runs and has made a batch, so that what follows is not its start."""
    process = ChildEngineProcess(ODD_ENGINE, longest_silence_seconds=PATIENCE_SECONDS)
    await read(process, make_batch("one"))
    yield process
    await process.stop()


class Walk:
    """A batch that is being made step by step until it is stopped, with another one behind it."""

    def __init__(self, process: ChildEngineProcess) -> None:
        self.process = process
        self.batch = make_batch("walk")
        self.steps = 0
        self.walking = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        async with aclosing(self.process.make(self.batch)) as events:
            async for event in events:
                self.steps += isinstance(event, StepDone)

    async def put_behind(self, *prompts: str) -> tuple[GivenBatch, Reading]:
        """Have a batch wait behind the walk, which is under way by then."""
        await until(lambda: self.steps > 0)
        batch = make_batch(*prompts)
        reading = read(self.process, batch)
        await until(lambda: batch.number > 0)
        return batch, reading

    async def goes_on(self) -> None:
        steps = self.steps
        await until(lambda: self.steps > steps + 2)

    async def stop(self) -> None:
        assert self.process.stop_given(self.batch)
        with pytest.raises(EngineStopped):
            await self.walking


@pytest.fixture
async def walk(process: ChildEngineProcess) -> AsyncIterator[Walk]:
    walk = Walk(process)
    yield walk
    walk.walking.cancel()
    await asyncio.wait([walk.walking])


async def test_batches_are_made_in_the_order_in_which_they_were_given(process: ChildEngineProcess):
    order: list[str] = []
    names = ["first", "second", "third", "fourth"]

    readings = [
        read(process, GivenBatch("m", make_jobs(each), lambda each=each: order.append(each)))
        for each in names
    ]
    made = [contents_of(await each) for each in readings]

    assert made == [[f"{each}/0".encode()] for each in names]
    assert order == names


class TestLost:
    @pytest.mark.parametrize("prompt", ["crash", "exit", "raise", "skip"])
    async def test_only_the_batch_that_breaks_the_engine_is_charged_with_that(
        self, process: ChildEngineProcess, prompt: str
    ):
        before = process.process_id
        broken, behind = read(process, make_batch(prompt)), read(process, make_batch("two"))

        with pytest.raises(EngineCrashed):
            await broken
        with pytest.raises(BatchNotBegun):
            await behind

        assert contents_of(await read(process, make_batch("three"))) == [b"three/0"]
        assert process.process_id != before

    async def test_a_batch_behind_one_that_hangs_has_not_begun(self, process: ChildEngineProcess):
        process._longest_silence_seconds = SILENCE_SECONDS
        hung, behind = read(process, make_batch("hang")), read(process, make_batch("two"))

        with pytest.raises(EngineHung):
            await hung
        with pytest.raises(BatchNotBegun):
            await behind

    async def test_a_batch_behind_one_that_is_abandoned_has_not_begun(self, walk: Walk):
        _, behind = await walk.put_behind("two")

        walk.walking.cancel()
        await asyncio.wait([walk.walking])

        with pytest.raises(BatchNotBegun):
            await behind
        assert walk.process.process_id is None

    async def test_what_is_read_late_ends_no_process_that_was_started_since(
        self, process: ChildEngineProcess
    ):
        async with aclosing(process.make(make_batch("one", "hang"))) as events:
            async for event in events:
                if isinstance(event, ResultMade):
                    break
            behind = read(process, make_batch("two"))
            await until(lambda: process.batches == 3)
            os.kill(process.process_id or 0, signal.SIGKILL)
            with pytest.raises(BatchNotBegun):
                await behind
            again = await read(process, make_batch("process"))

            with pytest.raises(EngineCrashed):
                await anext(events)

        assert contents_of(again) == [str(process.process_id).encode()]
        assert contents_of(await read(process, make_batch("process"))) == contents_of(again)


class TestStopped:
    async def test_a_stop_of_a_batch_behind_is_at_once_and_leaves_the_one_in_front_alone(
        self, walk: Walk
    ):
        before = walk.process.process_id
        batch, behind = await walk.put_behind("hang")

        assert walk.process.stop_given(batch)

        with pytest.raises(EngineStopped):
            await behind
        await walk.goes_on()
        await walk.stop()
        assert contents_of(await read(walk.process, make_batch("three"))) == [b"three/0"]
        assert walk.process.process_id == before

    async def test_a_stop_of_the_batch_in_front_leaves_the_one_behind_alone(self, walk: Walk):
        _, behind = await walk.put_behind("two")

        await walk.stop()

        assert contents_of(await behind) == [b"two/0"]

    async def test_a_batch_behind_that_is_abandoned_is_left_out_and_the_process_goes_on(
        self, walk: Walk
    ):
        before = walk.process.process_id
        _, behind = await walk.put_behind("hang")

        behind.cancel()
        await asyncio.wait([behind])

        await walk.goes_on()
        await walk.stop()
        assert contents_of(await read(walk.process, make_batch("three"))) == [b"three/0"]
        assert walk.process.process_id == before

    async def test_nothing_is_taken_back_from_behind_a_batch_that_is_not_slow(self, walk: Walk):
        _, behind = await walk.put_behind("two")

        walk.process.take_back(PATIENCE_SECONDS)
        await walk.stop()

        assert contents_of(await behind) == [b"two/0"]

    async def test_a_process_that_goes_on_with_an_abandoned_batch_is_ended(
        self, process: ChildEngineProcess, tmp_path: Path
    ):
        """It began with it before it was told, while its last words on the one before came in."""
        front, begun = make_batch("walk"), tmp_path / "begun"
        async with aclosing(process.make(front)) as events:
            await anext(events)
            await until(lambda: front.unread > 16)  # nothing more is read from here on
            behind = read(process, make_batch(f"hang at {begun}"))
            await until(lambda: process.batches == 3)
            process.stop_given(front)
            await until(begun.exists)
            before = process.process_id
            behind.cancel()
            await asyncio.wait([behind])

            with pytest.raises(EngineStopped):
                async for _ in events:
                    pass

        with pytest.raises(BatchNotBegun):
            await read(process, make_batch("three"))
        assert contents_of(await read(process, make_batch("three"))) == [b"three/0"]
        assert process.process_id != before


class TestSilence:
    async def test_a_batch_behind_is_not_silent_before_it_has_begun(self, walk: Walk):
        walk.process._longest_silence_seconds = SILENCE_SECONDS
        _, behind = await walk.put_behind("two")

        await asyncio.wait([walk.walking], timeout=WALKING_SECONDS)
        await walk.stop()

        assert contents_of(await behind) == [b"two/0"]

    async def test_a_batch_that_was_behind_is_hung_once_it_is_silent(self, walk: Walk):
        walk.process._longest_silence_seconds = SILENCE_SECONDS
        _, behind = await walk.put_behind("hang")

        await walk.stop()

        with pytest.raises(EngineHung):
            await behind


async def test_a_process_is_held_back_by_the_batch_in_front_and_no_longer(
    process: ChildEngineProcess,
):
    large = ["x" * 100_000] * 60
    front = make_batch(*large)
    async with aclosing(process.make(front)) as events:
        await anext(events)
        behind = read(process, make_batch("two"))
        await until(lambda: front.unread > 16)
        unread = front.unread

        rest = [event async for event in events]

    assert unread < len(large)
    assert len(contents_of(rest)) == len(large)
    assert contents_of(await behind) == [b"two/0"]


@pytest.fixture
async def slots(process: ChildEngineProcess) -> AsyncIterator[Slots]:
    """One process that has been very quick of late."""
    slots = Slots([process])
    for _ in range(40):
        slots.note_batch(0.0001)
    yield slots
    await slots.stop()


class Run:
    """A turn and what it gets."""

    def __init__(self, slots: Slots, *prompts: str) -> None:
        self.turn: Turn = slots.begin_turn(CLAIM)
        self.contents: list[bytes] = []
        self.task = asyncio.create_task(self._make(prompts))

    async def _make(self, prompts: Sequence[str]) -> list[bytes]:
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                events = [event async for event in self.turn.generate(make_jobs(*prompts))]
        finally:
            self.turn.leave()
        return contents_of(events)


class TestPlaces:
    async def test_a_run_behind_one_that_breaks_the_engine_is_made_all_the_same(
        self, slots: Slots, process: ChildEngineProcess
    ):
        broken, behind = Run(slots, "crash"), Run(slots, "two")

        assert await behind.task == [b"two/0"]
        with pytest.raises(EngineCrashed):
            await broken.task
        assert process.batches == 4  # it was sent twice

    async def test_none_is_put_behind_while_a_process_is_free(self, slots: Slots):
        other = ChildEngineProcess(ODD_ENGINE)
        await other.start()
        slots.add(other)

        runs = [Run(slots, "process"), Run(slots, "process")]
        contents = [await each.task for each in runs]

        assert contents[0] != contents[1]

    async def test_none_is_put_behind_where_batches_take_their_time(
        self, slots: Slots, process: ChildEngineProcess
    ):
        for _ in range(40):
            slots.note_batch(0.02)

        runs = [Run(slots, "walk"), Run(slots, "two")]
        await until(lambda: process.batches == 2)
        await asyncio.sleep(0)

        assert slots.count_most_turns() > 1
        assert process.batches == 2
        assert runs[0].turn.stop_batch()
        assert await runs[1].task == [b"two/0"]

    async def test_none_is_put_behind_a_run_that_is_slow_already(
        self, slots: Slots, process: ChildEngineProcess
    ):
        slow = Run(slots, "walk")
        await until(lambda: process.batches == 2 and not process.is_prompt(SLOW_SECONDS))

        late = Run(slots, "two")
        await until(lambda: len(slots._waiting) == 1)

        assert process.batches == 2
        slow.turn.stop_batch()
        assert await late.task == [b"two/0"]

    async def test_one_behind_a_slow_run_goes_to_the_next_process_that_is_free(
        self, slots: Slots, process: ChildEngineProcess
    ):
        slow, behind = Run(slots, "walk"), Run(slots, "two")
        await until(lambda: process.batches == 3)
        slots.add(ChildEngineProcess(ODD_ENGINE))

        assert await behind.task == [b"two/0"]
        assert not slow.task.done()
        slow.task.cancel()
        await asyncio.wait([slow.task])

    async def test_those_behind_a_slow_run_keep_their_order_before_those_who_came_later(
        self, slots: Slots, process: ChildEngineProcess
    ):
        order: list[int] = []
        slow = Run(slots, "walk")
        await until(lambda: process.batches == 2)
        runs = [Run(slots, f"{number}") for number in range(6)]
        for number, run in enumerate(runs):
            run.task.add_done_callback(lambda _, number=number: order.append(number))
        await until(lambda: process.batches == 5)
        await until(lambda: len(slots._waiting) == len(runs))  # those behind were taken back

        slow.turn.stop_batch()
        await asyncio.wait([slow.task, *(each.task for each in runs)])

        assert order == list(range(6))

    async def test_a_run_that_is_given_up_gives_its_place_to_the_next(
        self, slots: Slots, process: ChildEngineProcess
    ):
        walks = [Run(slots, "walk") for _ in range(process.most_batches + 1)]
        await until(lambda: process.batches == 1 + process.most_batches)

        walks[1].task.cancel()

        await until(lambda: process.batches == 2 + process.most_batches)
        for each in walks:
            each.task.cancel()
        await asyncio.wait([each.task for each in walks])
        assert await Run(slots, "two").task == [b"two/0"]
