"""Who reads events: whose they are, what is missed and made up for, and who is too slow."""

import asyncio
from datetime import timedelta

import pytest
from msgspec import structs

from domain.samples import (
    ACCOUNT,
    OTHER_ACCOUNT,
    OTHER_REGION,
    REGION,
    make_new,
)
from fakes import PNG_BYTES, SetCalendar
from kaiga.domain.errors import Overloaded, StoreUnavailable
from kaiga.domain.ids import AccountId
from kaiga.service.events.event_log import EventLog, TaskEvent
from kaiga.service.events.event_subscription import Ending
from service.telling import (
    NEVER_SECONDS,
    PATIENCE_SECONDS,
    TASK_ID,
    Telling,
    backlog_of,
    drain,
    has_nothing,
    open_telling,
    read_next,
    read_until,
)
from service.troubled_store import TroubledStore


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
            await telling.settle()

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
