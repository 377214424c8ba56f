"""Events of tasks: what is told of a task, in which order, and how often."""

import asyncio

import pytest

from domain.samples import (
    ACCOUNT,
    REGION,
    after,
    make_failed,
    make_new,
)
from fakes import SetCalendar
from kaiga.domain.tasks import AttemptCause
from service.telling import (
    EXPIRY,
    TASK_ID,
    Telling,
    backlog_of,
    has_nothing,
    open_telling,
    read_next,
    read_until,
)
from service.troubled_store import TroubledStore


class TestWhatIsTold:
    async def test_a_task_is_followed_from_the_queue_to_its_end(self, telling: Telling):
        reader = await telling.read()
        await telling.add()
        told = [await read_next(reader)]
        claim = await telling.claim()
        told.append(await read_next(reader))
        telling.report(claim, "generate", 3)
        told += [await read_next(reader), await read_next(reader)]
        await telling.finish(claim)
        told.append(await read_next(reader))

        assert [each.kind for each in told] == ["phase", "phase", "phase", "step", "end"]
        assert [dict(each.members) for each in told] == [
            {"task_status": "PENDING", "attempt": 0, "phase": "queue"},
            {"task_status": "RUNNING", "attempt": 1},
            {"task_status": "RUNNING", "attempt": 1, "phase": "generate"},
            {"attempt": 1, "step": 3, "steps": 20},
            {},
        ]
        numbers = [each.number or 0 for each in told]
        assert numbers == list(range(numbers[0], numbers[0] + 5))

    async def test_a_new_reader_is_told_how_things_stand(self, telling: Telling):
        await telling.add(0)
        await telling.add(1)
        telling.report(await telling.claim(), "generate", 3)

        reader = await telling.read()

        running, waiting = make_new(0).task.id, make_new(1).task.id
        assert backlog_of(reader) == [("phase", running), ("step", running), ("phase", waiting)]

    async def test_a_step_that_was_told_is_not_told_again(self, telling: Telling):
        await telling.add()
        reader, claim = await telling.read(), await telling.claim()
        for step in (3, 3, 3, 4):
            telling.report(claim, "generate", step)
            await telling.settle()
        await telling.finish(claim)

        steps = [
            each.members["step"]
            for each in await read_until(reader, "end")
            if "step" in each.members
        ]

        assert steps == [3, 4]

    async def test_a_task_that_waits_again_is_told_to_be_in_the_queue(self, telling: Telling):
        await telling.add()
        reader, claim = await telling.read(), await telling.claim()
        assert (await read_next(reader)).members["task_status"] == "RUNNING"

        await telling.store.tasks.give_back(claim, AttemptCause.WORKER_STOPPED, after(5), EXPIRY)

        assert (await read_next(reader)).members["task_status"] == "PENDING"

    @pytest.mark.parametrize("end", ["fails from the start", "is canceled"])
    async def test_each_other_way_to_end_is_told_once(self, telling: Telling, end: str):
        reader = await telling.read()
        if end == "is canceled":
            task = await telling.add()
            assert (await read_next(reader)).kind == "phase"
            await telling.store.tasks.cancel(ACCOUNT, REGION, task.id, after(5), EXPIRY)
        else:
            new = make_failed()
            await telling.store.tasks.add(new)
            telling.events.note_new(new.task)

        assert (await read_next(reader)).kind == "end"
        assert await has_nothing(reader)

    async def test_what_comes_late_tells_no_end_again(self, telling: Telling):
        await telling.add()
        reader, claim = await telling.read(), await telling.claim()
        await telling.finish(claim)
        await read_until(reader, "end")

        telling.report(claim, "store", 20)
        await telling.settle()

        assert await has_nothing(reader)

    async def test_places_in_the_queue_are_told_as_they_change(
        self, store: TroubledStore, calendar: SetCalendar
    ):
        telling = open_telling(store, calendar, tick_seconds=0.01)
        for number in range(3):
            await telling.add(number)
        reader = await telling.read(make_new(2).task)

        first = await read_until(reader, "queue")
        await telling.claim()
        second = await read_until(reader, "queue")

        assert first[-1].members["queue_position"] == 2
        assert second[-1].members["queue_position"] == 1
        telling.events.stop()

    async def test_an_end_is_told_though_the_store_was_away(
        self, store: TroubledStore, calendar: SetCalendar
    ):
        telling = open_telling(store, calendar, tick_seconds=0.01)
        await telling.add()
        reader, claim = await telling.read(), await telling.claim()
        await read_until(reader, "phase")

        await telling.finish(claim)
        store.tasks.is_down = True
        await store.tasks.refusals.acquire()
        store.tasks.is_down = False

        assert (await read_until(reader, "end"))[-1].task_id == TASK_ID
        telling.events.stop()

    async def test_while_nobody_reads_nothing_is_looked_at(self, telling: Telling):
        await telling.add()
        telling.report(await telling.claim(), "generate", 3)
        await asyncio.sleep(0)

        assert telling.store.tasks.finds == 0
        assert telling.events._changed == {}
