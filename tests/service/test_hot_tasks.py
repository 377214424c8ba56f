"""Tasks from memory: quick, bounded, and never older than the store has told."""

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from domain.samples import (
    ACCOUNT,
    CALLER,
    MODEL,
    OTHER_CALLER,
    REGION,
    RETENTION,
    after,
    always,
    make_failed,
    make_generation,
    make_lease,
    make_new,
    make_task,
)
from fakes import SetCalendar
from kaiga.domain.errors import StoreUnavailable
from kaiga.domain.tasks import NewTask, Task, TaskStatus
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.reading.query_task import QueryTask
from kaiga.service.recent import Recent
from service.troubled_store import TroubledStore

TASK_ID = make_task(0).id


@pytest.fixture
def hot(store: TroubledStore) -> HotTasks:
    return HotTasks(store.tasks)


async def cancel(store: TroubledStore) -> None:
    assert await store.tasks.cancel(ACCOUNT, REGION, TASK_ID, after(5), after(99_999))


def status_of(task: Task | None) -> TaskStatus | None:
    return None if task is None else task.status


async def test_a_task_that_was_loaded_is_found(store: TroubledStore, hot: HotTasks):
    await store.tasks.add(make_new(0))
    assert hot.find(TASK_ID) is None

    loaded = await hot.load(TASK_ID)

    assert loaded == make_task(0)
    assert hot.find(TASK_ID) is loaded


async def test_a_task_that_is_not_there_is_not_remembered(store: TroubledStore, hot: HotTasks):
    assert await hot.load(TASK_ID) is None

    await store.tasks.add(make_new(0))

    assert hot.find(TASK_ID) is None
    assert await hot.load(TASK_ID) == make_task(0)


async def test_a_change_is_seen_at_once(store: TroubledStore, hot: HotTasks):
    await store.tasks.add(make_new(0))
    await hot.load(TASK_ID)

    await cancel(store)

    assert hot.find(TASK_ID) is None
    assert status_of(await hot.load(TASK_ID)) is TaskStatus.CANCELED


async def test_whoever_listens_hears_of_a_change_once_the_task_is_no_more_found(
    store: TroubledStore, hot: HotTasks
):
    await store.tasks.add(make_new(0))
    await hot.load(TASK_ID)
    heard: list[tuple[str, Task | None]] = []
    hot.on_change(lambda task_id: heard.append((task_id, hot.find(task_id))))

    await cancel(store)

    assert heard == [(TASK_ID, None)]


async def test_a_read_that_a_change_overtook_is_not_remembered(store: TroubledStore, hot: HotTasks):
    await store.tasks.add(make_new(0))
    store.tasks.reads.close()
    reading = asyncio.ensure_future(hot.load(TASK_ID))
    await store.tasks.reads.hold_one()

    await cancel(store)
    store.tasks.reads.open()

    assert status_of(await reading) is TaskStatus.PENDING
    assert hot.find(TASK_ID) is None


async def test_a_read_begun_after_the_change_is_remembered_and_the_older_one_is_not(
    store: TroubledStore, hot: HotTasks
):
    await store.tasks.add(make_new(0))
    store.tasks.reads.close()
    older = asyncio.ensure_future(hot.load(TASK_ID))
    await store.tasks.reads.hold_one()
    await cancel(store)
    newer = asyncio.ensure_future(hot.load(TASK_ID))
    await store.tasks.reads.hold_one()

    store.tasks.reads.open()
    await asyncio.gather(older, newer)

    assert status_of(hot.find(TASK_ID)) is TaskStatus.CANCELED


async def test_many_reads_at_once_of_one_task_leave_it_remembered(
    store: TroubledStore, hot: HotTasks
):
    await store.tasks.add(make_new(0))

    await asyncio.gather(*(hot.load(TASK_ID) for _ in range(20)))

    assert hot.find(TASK_ID) == make_task(0)


async def test_a_failed_read_is_told_and_does_no_harm(store: TroubledStore, hot: HotTasks):
    await store.tasks.add(make_new(0))
    store.tasks.is_down = True

    with pytest.raises(StoreUnavailable):
        await hot.load(TASK_ID)

    store.tasks.is_down = False
    await hot.load(TASK_ID)
    assert hot.find(TASK_ID) == make_task(0)
    assert hot._under_way == {}


async def test_a_reader_that_gives_up_leaves_nothing_behind(store: TroubledStore, hot: HotTasks):
    await store.tasks.add(make_new(0))
    store.tasks.reads.close()
    reading = asyncio.ensure_future(hot.load(TASK_ID))
    await store.tasks.reads.hold_one()

    reading.cancel()
    await asyncio.wait([reading])

    assert hot._under_way == {}
    assert hot.find(TASK_ID) is None


async def test_a_cancel_whose_caller_has_gone_leaves_no_stale_task(
    store: TroubledStore, hot: HotTasks
):
    await store.tasks.add(make_new(0))
    await hot.load(TASK_ID)
    caller = asyncio.ensure_future(cancel(store))
    await asyncio.sleep(0)

    caller.cancel()
    await asyncio.wait([caller])
    await store.tasks.add(make_new(1))

    assert status_of(hot.find(TASK_ID)) in {None, status_of(await store.tasks.find(TASK_ID))}


async def test_a_very_large_order_is_read_anew_rather_than_remembered(
    store: TroubledStore, hot: HotTasks
):
    heavy = structs.replace(make_task(0), generation=make_generation(prompt="猫" * 30_000))
    await store.tasks.add(NewTask(task=heavy, request=b"{}"))

    assert await hot.load(TASK_ID) == heavy

    assert hot.find(TASK_ID) is None
    assert hot._under_way == {}


STEPS = st.lists(st.sampled_from(["read", "change", "deliver", "drop"]), max_size=12)


class Interleaving:
    """One task, read and changed in any order, with every answer held back as long as it may be."""

    def __init__(self, store: TroubledStore) -> None:
        self.store = store
        self.hot = HotTasks(store.tasks)
        self.reading: list[asyncio.Future[Task | None]] = []

    async def take(self, step: str) -> None:
        reads = self.store.tasks.reads
        match step:
            case "read":
                self.reading.append(asyncio.ensure_future(self.hot.load(TASK_ID)))
                await reads.hold_one()
            case "change":
                models = frozenset({MODEL})
                claims = await self.store.tasks.claim(
                    models, make_lease(), 1, "e", always(after(5))
                )
                if not claims:
                    await self.store.tasks.recover(
                        float("inf"), always(after(6)), after(99_999) - after(6)
                    )
            case "drop" if self.reading:
                dropped = self.reading.pop()
                dropped.cancel()
                await asyncio.wait([dropped])
            case _:
                reads.open()
                await asyncio.gather(*self.reading)
                self.reading.clear()
                reads.close()

    async def check(self) -> None:
        known = self.hot.find(TASK_ID)
        if known is not None:
            self.store.tasks.reads.open()
            assert known == await self.store.tasks.find(TASK_ID)
            self.store.tasks.reads.close()


@settings(max_examples=40, deadline=None)
@given(steps=STEPS)
def test_in_no_order_of_reads_and_changes_is_a_stale_task_remembered(
    steps: list[str], tmp_path_factory: pytest.TempPathFactory
):
    async def run(folder: Path) -> None:
        store = TroubledStore(folder)
        await store.tasks.add(make_new(0))
        store.tasks.reads.close()
        interleaving = Interleaving(store)
        for step in steps:
            await interleaving.take(step)
            if not interleaving.reading:
                await interleaving.check()
        await interleaving.take("deliver")
        await interleaving.check()
        assert interleaving.hot._under_way == {}
        store.database.close()

    asyncio.run(run(tmp_path_factory.mktemp("hot")))


class TestQueryTask:
    @pytest.fixture
    def query(self, hot: HotTasks, calendar: SetCalendar) -> QueryTask:
        return QueryTask(hot=hot, calendar=calendar)

    async def test_the_owner_s_account_is_shown_its_task(
        self, store: TroubledStore, query: QueryTask, hot: HotTasks
    ):
        await store.tasks.add(make_new(0))

        assert await query(CALLER, TASK_ID) == make_task(0)
        assert await query(CALLER, TASK_ID) == make_task(0)
        assert hot.reads == 1

    async def test_another_account_is_shown_nothing_from_the_store_or_from_memory(
        self, store: TroubledStore, query: QueryTask
    ):
        await store.tasks.add(make_new(0))

        assert await query(OTHER_CALLER, TASK_ID) is None
        assert await query(CALLER, TASK_ID) is not None
        assert await query(OTHER_CALLER, TASK_ID) is None

    async def test_an_expired_task_is_shown_to_nobody_from_its_expiry_on(
        self, store: TroubledStore, query: QueryTask, calendar: SetCalendar
    ):
        await store.tasks.add(make_failed(0))

        calendar.advance(RETENTION - timedelta(milliseconds=1))
        assert await query(CALLER, TASK_ID) is not None
        calendar.advance(timedelta(milliseconds=1))
        assert await query(CALLER, TASK_ID) is None

    @pytest.mark.parametrize("task_id", ["", "1111", "猫", "a\0b"])
    async def test_an_id_of_any_form_is_answered(self, query: QueryTask, task_id: str):
        assert await query(CALLER, task_id) is None


class TestRecent:
    def test_the_first_entry_makes_room_for_the_newest(self):
        recent: Recent[int, str] = Recent(2)
        for number in (1, 2, 3):
            recent.put(number, str(number))

        assert [recent.find(number) for number in (1, 2, 3)] == [None, "2", "3"]

    def test_replacing_an_entry_makes_nobody_leave(self):
        recent: Recent[int, str] = Recent(2)
        recent.put(1, "a")
        recent.put(2, "b")
        recent.put(2, "c")

        assert [recent.find(number) for number in (1, 2)] == ["a", "c"]

    def test_what_is_forgotten_or_cleared_is_gone(self):
        recent: Recent[int, str] = Recent(3)
        for number in (1, 2, 3):
            recent.put(number, str(number))

        recent.forget(2)
        recent.forget(9)
        assert [recent.find(number) for number in (1, 2, 3)] == ["1", None, "3"]
        recent.clear()
        assert recent.find(1) is None
