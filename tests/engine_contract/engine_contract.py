"""What every engine has to keep, whatever is behind its pool: the sentences of the two ports.

A test class takes it over and gives an `engine` of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import pytest

from domain.samples import make_task
from kaiga.domain.engines import EngineState
from kaiga.domain.errors import EngineStopped
from kaiga.domain.ids import WorkerId
from kaiga.domain.media import recognise_media
from kaiga.domain.tasks import Claim
from kaiga.ports.engine import CancelLevel, EngineEvent, GenerationJob, JobFailed, ResultMade
from kaiga.ports.engine_pool import EnginePool, Turn

PATIENCE_SECONDS = 30.0
"""Beyond it a batch counts as one that never ends, on however busy a machine."""
CLAIM = Claim(task=make_task(), worker=WorkerId("w"))
STOPPABLE = {CancelLevel.BOUNDARY, CancelLevel.STEP}


def do_nothing() -> None:
    """Stand for an engine that need not be told to be slow."""


def claim_any(_jobs: Sequence[GenerationJob]) -> Claim:
    """Stand for every run at an engine that looks at jobs alone."""
    return CLAIM


@dataclass(kw_only=True)
class TriedEngine:
    """A pool, and what it can be asked for.

    `make_claim` gives a new run of some jobs: an engine may know a task again. `jobs` are two or
    more that can be made, `endless` one that takes much longer than `PATIENCE_SECONDS` between
    `slow_down` and `speed_up`, and `refused` one that can't be made.
    """

    pool: EnginePool
    make_claim: Callable[[Sequence[GenerationJob]], Claim]
    jobs: Sequence[GenerationJob]
    endless: GenerationJob
    refused: GenerationJob | None = None
    slow_down: Callable[[], None] = do_nothing
    speed_up: Callable[[], None] = do_nothing

    def begin(self, jobs: Sequence[GenerationJob] = ()) -> Turn:
        """Begin a run that is for all of `jobs` unless others are named."""
        return self.pool.begin_turn(self.make_claim(jobs or self.jobs))

    async def make(self, jobs: Sequence[GenerationJob]) -> list[EngineEvent]:
        turn = self.begin(jobs)
        try:
            return await read_to_end(turn, jobs)
        finally:
            turn.leave()

    async def make_results(self, jobs: Sequence[GenerationJob]) -> list[ResultMade]:
        """Give the results in the order of the jobs."""
        made = [event for event in await self.make(jobs) if isinstance(event, ResultMade)]
        return sorted(made, key=lambda each: each.index)

    async def wait_for_room(self, room: int) -> None:
        """Wait until there is as much room again; a process may yet have to be ended."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.pool.count_room() < room:  # noqa: ASYNC110  it calls for any change
                await asyncio.sleep(0.01)


async def read_to_end(turn: Turn, jobs: Sequence[GenerationJob]) -> list[EngineEvent]:
    async with asyncio.timeout(PATIENCE_SECONDS), aclosing(turn.generate(jobs)) as events:
        return [event async for event in events]


async def drain(events: AsyncIterator[EngineEvent]) -> None:
    async for _ in events:
        pass


def ends_of(events: Sequence[EngineEvent]) -> list[tuple[int, type[EngineEvent]]]:
    """Give how each job ended, in the order of the jobs."""
    ends = [event for event in events if isinstance(event, ResultMade | JobFailed)]
    return sorted(((end.index, type(end)) for end in ends), key=lambda each: each[0])


class EngineContract:
    """The sentences."""

    async def test_each_job_of_a_batch_ends_exactly_once(self, engine: TriedEngine):
        ends = ends_of(await engine.make(engine.jobs))

        assert ends == [(index, ResultMade) for index in range(len(engine.jobs))]

    async def test_a_job_that_is_refused_takes_no_other_along(self, engine: TriedEngine):
        if engine.refused is None:
            pytest.skip("it refuses nothing")
        first, second = engine.jobs[:2]

        ends = ends_of(await engine.make([first, engine.refused, second]))

        assert ends == [(0, ResultMade), (1, JobFailed), (2, ResultMade)]

    async def test_results_are_files_of_a_known_kind_with_their_measures(self, engine: TriedEngine):
        for result in await engine.make_results(engine.jobs):
            assert result.files
            for file in result.files:
                assert recognise_media(file.content) is not None
                assert file.width_pixels > 0
                assert file.height_pixels > 0

    async def test_a_turn_takes_room_until_it_has_left_once(self, engine: TriedEngine):
        pool, calls = engine.pool, list[int]()
        room = pool.count_room()
        assert 0 < room <= pool.count_most_turns()
        turn = engine.begin()
        pool.on_left(lambda: calls.append(pool.count_room()))

        assert pool.count_room() == room - 1
        turn.leave()
        assert calls == [room]
        turn.leave()
        assert calls == [room]
        assert pool.count_room() == room

    async def test_a_run_that_has_made_its_batch_leaves_its_room(self, engine: TriedEngine):
        room = engine.pool.count_room()

        await engine.make(engine.jobs)

        await engine.wait_for_room(room)

    async def test_there_is_nothing_to_stop_before_and_after_a_batch(self, engine: TriedEngine):
        turn = engine.begin()
        assert not turn.stop_batch()
        turn.leave()

        turn = engine.begin()
        await read_to_end(turn, engine.jobs)
        assert not turn.stop_batch()
        turn.leave()

    async def test_a_batch_that_is_stopped_is_left_as_soon_as_is_told(self, engine: TriedEngine):
        if engine.pool.capabilities.cancel not in STOPPABLE:
            pytest.skip("it can't leave what it has begun")
        engine.slow_down()
        room, turn = engine.pool.count_room(), engine.begin([engine.endless])
        async with aclosing(turn.generate([engine.endless])) as events:
            await anext(events)
            assert turn.stop_batch()
            with pytest.raises(EngineStopped):
                async with asyncio.timeout(PATIENCE_SECONDS):
                    await drain(events)
        turn.leave()
        engine.speed_up()

        await engine.wait_for_room(room)
        assert ends_of(await engine.make(engine.jobs[:1])) == [(0, ResultMade)]

    async def test_a_batch_that_nobody_reads_on_makes_room_for_the_next(self, engine: TriedEngine):
        engine.slow_down()
        room, turn = engine.pool.count_room(), engine.begin([engine.endless])
        events = turn.generate([engine.endless])
        await anext(events)

        async with asyncio.timeout(PATIENCE_SECONDS):
            await events.aclose()
        turn.leave()
        engine.speed_up()

        await engine.wait_for_room(room)
        assert ends_of(await engine.make(engine.jobs[:1])) == [(0, ResultMade)]

    async def test_an_engine_that_works_is_ready(self, engine: TriedEngine):
        await engine.make(engine.jobs[:1])

        assert (await engine.pool.check_health()).state is EngineState.READY

    async def test_only_models_that_were_asked_for_are_chosen(self, engine: TriedEngine):
        asked = frozenset({engine.jobs[0].model, "another"})

        assert await engine.pool.choose_models(asked) <= asked
        assert await engine.pool.choose_models(frozenset()) == frozenset()

    async def test_the_same_job_gives_the_same_bytes_where_that_is_told(self, engine: TriedEngine):
        if not engine.pool.capabilities.deterministic:
            pytest.skip("it does not tell so")

        first, second = [await engine.make_results(engine.jobs[:1]) for _ in range(2)]

        assert [file.content for file in first[0].files] == [
            file.content for file in second[0].files
        ]

    async def test_an_engine_can_be_stopped_twice(self, engine: TriedEngine):
        await engine.make(engine.jobs[:1])

        await engine.pool.stop()
        await engine.pool.stop()
