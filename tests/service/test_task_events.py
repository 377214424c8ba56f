"""Events of tasks: what each reader is told, in which order, and what is never told."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from msgspec import structs

from domain.samples import (
    ACCOUNT,
    MODEL,
    OTHER_ACCOUNT,
    OTHER_REGION,
    REGION,
    START,
    after,
    always,
    make_failed,
    make_lease,
    make_new,
    make_success,
)
from fakes import PNG_BYTES, SetCalendar
from kaiga.domain.errors import Overloaded, StoreUnavailable
from kaiga.domain.ids import AccountId, TaskId
from kaiga.domain.tasks import AttemptCause, Claim, Task
from kaiga.service.event_log import EventLog, TaskEvent
from kaiga.service.event_subscription import Ending, EventSubscription
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.queue_positions import QueuePositions
from kaiga.service.run_costs import RunCosts
from kaiga.service.task_events import TaskEvents
from kaiga.service.task_progress import Progress, TaskProgress
from kaiga.service.task_standing import TaskStanding
from service.troubled_store import TroubledStore

PATIENCE_SECONDS = 30.0
NEVER_SECONDS = 3600.0
EXPIRY = after(86_400_000)
TASK_ID = make_new(0).task.id


@dataclass(kw_only=True)
class Telling:
    """The events of a store, with the steps by which a test moves tasks on."""

    store: TroubledStore
    calendar: SetCalendar
    progress: TaskProgress
    events: TaskEvents

    async def read(
        self,
        task: Task | None = None,
        last: int | None = None,
        *,
        account: AccountId = ACCOUNT,
        region: str = REGION,
    ) -> EventSubscription:
        return await self.events.subscribe(account, region, task, last)

    async def add(self, number: int = 0, **changes: object) -> Task:
        new = make_new(number, **changes)  # type: ignore[arg-type]
        await self.store.tasks.add(new)
        self.events.note_new(new.task)
        return new.task

    async def claim(self) -> Claim:
        [claim] = await self.store.tasks.claim(
            frozenset({MODEL}), make_lease(), 1, "e", always(START)
        )
        return claim

    async def finish(self, claim: Claim) -> None:
        await self.store.tasks.finish(claim, make_success(claim), after(5), EXPIRY)

    async def settle(self) -> None:
        """Wait until all changes have been looked at."""
        while self.events._looking is not None:
            await self.events._looking

    def report(self, claim: Claim, phase: str, step: int = 0, preview: bytes = b"") -> None:
        steps = 20 if step else 0
        told = Progress(
            attempt=claim.task.attempt, phase=phase, step=step, steps=steps, preview=preview
        )
        self.progress.report(claim.task.id, told)


def open_telling(store: TroubledStore, calendar: SetCalendar, **changes: object) -> Telling:
    hot, progress = HotTasks(store.tasks), TaskProgress(store.tasks)
    positions = QueuePositions(store.tasks, fresh_seconds=0)
    standing = TaskStanding(
        progress=progress, positions=positions, costs=RunCosts(), calendar=calendar, workers=1
    )
    options = {"tick_seconds": NEVER_SECONDS, **changes}
    events = TaskEvents(
        store=store.tasks,
        hot=hot,
        standing=standing,
        positions=positions,
        calendar=calendar,
        **options,  # type: ignore[arg-type]
    )
    return Telling(store=store, calendar=calendar, progress=progress, events=events)


@pytest.fixture
async def telling(store: TroubledStore, calendar: SetCalendar) -> AsyncIterator[Telling]:
    opened = open_telling(store, calendar)
    yield opened
    opened.events.stop()


def backlog_of(reader: EventSubscription) -> list[tuple[str, TaskId]]:
    return [(each.kind, each.task_id) for each in reader.backlog]


async def read_next(reader: EventSubscription) -> TaskEvent:
    event = await reader.find_next(PATIENCE_SECONDS)
    assert event is not None
    return event


async def read_until(reader: EventSubscription, kind: str) -> list[TaskEvent]:
    events = [await read_next(reader)]
    while events[-1].kind != kind:
        events.append(await read_next(reader))
    return events


async def has_nothing(reader: EventSubscription) -> bool:
    return await reader.find_next(0.05) is None


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
            await asyncio.sleep(0.02)
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


class TestReaders:
    async def test_two_readers_are_told_the_same(self, telling: Telling):
        await telling.add()
        readers = [await telling.read(), await telling.read(make_new(0).task)]
        claim = await telling.claim()
        await read_next(readers[0])
        await telling.finish(claim)

        told = [await read_until(reader, "end") for reader in readers]

        assert told[0] == told[1][1:]

    async def test_one_of_another_account_or_region_is_told_nothing(self, telling: Telling):
        foreign = await telling.read(account=OTHER_ACCOUNT)
        abroad = await telling.read(region=OTHER_REGION)
        mine = await telling.read()
        await telling.add()
        claim = await telling.claim()
        telling.report(claim, "generate", 1, PNG_BYTES)
        await telling.finish(claim)
        await read_until(mine, "end")

        assert await has_nothing(foreign)
        assert await has_nothing(abroad)

    async def test_who_reads_one_task_is_told_nothing_of_others(self, telling: Telling):
        task = await telling.add(0)
        reader = await telling.read(task)
        await telling.add(1)
        await telling.finish(await telling.claim())
        await telling.finish(await telling.claim())

        told = await read_until(reader, "end")

        assert {each.task_id for each in told} == {task.id}
        assert await has_nothing(reader)

    async def test_there_are_no_more_readers_than_may_be(
        self, store: TroubledStore, calendar: SetCalendar
    ):
        telling = open_telling(store, calendar, per_account=2, in_all=3)
        first = await telling.read()
        await telling.read()

        with pytest.raises(Overloaded):
            await telling.read()
        await telling.read(account=OTHER_ACCOUNT)
        with pytest.raises(Overloaded):
            await telling.read(account=AccountId("3"))

        telling.events.unsubscribe(ACCOUNT, first)
        assert await telling.read() is not None
        telling.events.stop()

    async def test_a_reader_that_could_not_be_told_how_things_stand_takes_no_place(
        self, store: TroubledStore, calendar: SetCalendar
    ):
        telling = open_telling(store, calendar, per_account=1)
        task = await telling.add()
        store.tasks.is_down = True

        for _ in range(2):
            with pytest.raises(StoreUnavailable):
                await telling.read(task)
        telling.events.stop()

    async def test_a_stop_ends_every_reading_and_lets_none_begin(self, telling: Telling):
        reader = await telling.read()
        waiting = asyncio.ensure_future(reader.find_next(PATIENCE_SECONDS))
        await asyncio.sleep(0)

        telling.events.stop()

        assert await waiting is None
        assert reader.ending is Ending.STOPPED
        with pytest.raises(Overloaded):
            await telling.read()


class TestResuming:
    async def test_one_who_comes_again_is_told_what_it_missed_and_nothing_twice(
        self, telling: Telling
    ):
        await telling.add()
        first, other = await telling.read(), await telling.read()
        claim = await telling.claim()
        seen = await read_next(first)
        telling.events.unsubscribe(ACCOUNT, first)
        telling.report(claim, "generate", 3)
        await read_until(other, "step")
        await telling.finish(claim)
        await read_until(other, "end")

        again = await telling.read(last=seen.number)

        assert backlog_of(again) == [("phase", TASK_ID), ("step", TASK_ID), ("end", TASK_ID)]
        assert [each.number for each in again.backlog] == [seen.number + n for n in (1, 2, 3)]  # type: ignore[operator]
        assert await has_nothing(again)

    async def test_events_are_kept_while_nobody_reads(self, telling: Telling):
        reader = await telling.read()
        await telling.add()
        last = (await read_next(reader)).number
        telling.events.unsubscribe(ACCOUNT, reader)
        await telling.finish(await telling.claim())
        await telling.settle()

        again = await telling.read(last=last)

        assert backlog_of(again)[-1] == ("end", TASK_ID)

    @pytest.mark.parametrize("last", [0, 1, 10**17])
    async def test_one_whose_last_event_is_not_known_is_told_how_things_stand(
        self, telling: Telling, last: int
    ):
        await telling.add()

        reader = await telling.read(last=last)

        assert backlog_of(reader) == [("phase", TASK_ID)]

    async def test_a_server_that_was_started_again_takes_no_number_for_its_own(
        self, telling: Telling
    ):
        reader = await telling.read()
        await telling.add()
        last = (await read_next(reader)).number
        telling.calendar.advance(timedelta(seconds=1))
        restarted = open_telling(telling.store, telling.calendar)

        again = await restarted.read(last=last)

        assert backlog_of(again) == [("phase", TASK_ID)]
        assert (again.backlog[0].number or 0) > (last or 0)
        restarted.events.stop()

    async def test_a_task_that_has_ended_tells_so_however_often_one_asks(self, telling: Telling):
        await telling.add()
        await telling.finish(await telling.claim())
        ended = await telling.store.tasks.find(TASK_ID)

        first = await telling.read(ended)
        again = await telling.read(ended, first.backlog[-1].number)

        assert backlog_of(first) == backlog_of(again) == [("end", TASK_ID)]

    def test_a_log_that_has_forgotten_says_so_and_never_leaves_a_gap(self):
        log = EventLog(first_number=5)
        event = TaskEvent(kind="step", task_id=TASK_ID, region=REGION)
        for second in range(1500):
            log.add(event, now=second * 0.1)

        assert log.newest == 1504
        assert log.list_since(504) is not None
        assert len(log.list_since(504) or ()) == 1000
        assert log.list_since(503) is None
        assert log.list_since(1504) == []
        assert log.list_since(1505) is None
        log.add(event, now=10_000)
        assert log.list_since(1504) == [structs.replace(event, number=1505)]
        assert log.list_since(1503) is None


class TestSlowReaders:
    async def test_one_that_leaves_too_much_unread_is_told_no_more(self, telling: Telling):
        slow, quick = await telling.read(), await telling.read()
        await telling.add()
        claim = await telling.claim()
        for step in range(1, 400):
            telling.report(claim, "generate", step)
            while (await read_next(quick)).members.get("step") != step:
                pass

        assert slow.ending is Ending.TOO_SLOW
        assert await slow.find_next(NEVER_SECONDS) is None
        assert quick.ending is None

    async def test_of_previews_there_is_only_the_newest_of_a_task(self, telling: Telling):
        await telling.add()
        reader, claim = await telling.read(), await telling.claim()
        await read_next(reader)
        for number in range(5):
            telling.report(claim, "generate", 0, PNG_BYTES + bytes([number]))

        previews = [event.preview async for event in drain(reader) if event.preview]

        assert previews == [PNG_BYTES + b"\x04"]

    async def test_a_preview_is_shown_once_and_not_kept(self, telling: Telling):
        await telling.add()
        reader, claim = await telling.read(), await telling.claim()
        last = (await read_next(reader)).number
        for _ in range(3):
            telling.report(claim, "generate", 0, PNG_BYTES)
            await asyncio.sleep(0.01)

        shown = [event async for event in drain(reader)]
        again = await telling.read(last=last)

        assert [each.number for each in shown if each.preview] == [None]
        assert not any(each.preview for each in again.backlog)

    async def test_one_that_is_behind_is_shown_no_preview(self, telling: Telling):
        await telling.add()
        reader, claim = await telling.read(), await telling.claim()
        await telling.settle()

        telling.report(claim, "generate", 0, PNG_BYTES)

        assert not [event async for event in drain(reader) if event.preview]


async def drain(reader: EventSubscription) -> AsyncIterator[TaskEvent]:
    while (event := await reader.find_next(0.05)) is not None:
        yield event
