"""Held polls: woken by the end, let go at a stop, and never more than may be."""

import asyncio
from datetime import timedelta

from domain.samples import ACCOUNT, OTHER_ACCOUNT, REGION, after, make_new
from kaiga.domain.tasks import Task
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.reading.await_task import AwaitTask
from kaiga.service.reading.hold_polls import HoldPolls
from service.troubled_store import TroubledStore

AMPLE = timedelta(seconds=60)


def build(store: TroubledStore, per_account: int = 64, in_all: int = 1024) -> HoldPolls:
    return HoldPolls(AwaitTask(store.tasks, HotTasks(store.tasks), AMPLE), per_account, in_all)


def begin(polls: HoldPolls, task: Task) -> asyncio.Future[None]:
    held = polls.begin(task, AMPLE)
    assert held is not None
    return held


async def add(store: TroubledStore, number: int = 0, **changes: object) -> Task:
    new = make_new(number, **changes)  # type: ignore[arg-type]
    await store.tasks.add(new)
    return new.task


async def test_the_end_of_the_task_lets_all_go_that_wait_for_it(store: TroubledStore):
    polls, task = build(store), await add(store)
    held = [begin(polls, task) for _ in range(5)]

    await store.tasks.cancel(ACCOUNT, REGION, task.id, after(5), after(86_400_000))

    await asyncio.wait_for(asyncio.gather(*held), 30)


async def test_after_its_time_a_poll_is_let_go_without_an_error(store: TroubledStore):
    polls, task = build(store), await add(store)

    held = polls.begin(task, timedelta(milliseconds=20))

    assert held is not None
    assert await held is None


async def test_a_held_poll_keeps_no_connection_of_the_store(store: TroubledStore):
    polls, task = build(store), await add(store)
    store.tasks.reads.close()
    held = begin(polls, task)
    await store.tasks.reads.hold_one()
    store.tasks.reads.open()

    others = [store.tasks.find(task.id) for _ in range(50)]

    assert len(await asyncio.wait_for(asyncio.gather(*others), 30)) == 50
    assert not held.done()
    polls.stop()


async def test_past_the_places_of_an_account_polls_are_not_held(store: TroubledStore):
    polls, task = build(store, per_account=2), await add(store)
    other = await add(store, 1, account=OTHER_ACCOUNT)
    held = [begin(polls, task) for _ in range(2)]

    assert polls.begin(task, AMPLE) is None
    assert polls.begin(other, AMPLE) is not None
    held[0].cancel()
    await asyncio.wait([held[0]])
    assert polls.begin(task, AMPLE) is not None
    polls.stop()


async def test_past_the_places_there_are_nobody_is_held(store: TroubledStore):
    polls, task = build(store, in_all=1), await add(store)
    other = await add(store, 1, account=OTHER_ACCOUNT)
    begin(polls, task)

    assert polls.begin(other, AMPLE) is None
    polls.stop()


async def test_a_stop_lets_all_go_and_holds_no_more(store: TroubledStore):
    polls, task = build(store), await add(store)
    held = [begin(polls, task) for _ in range(3)]
    await asyncio.sleep(0)

    polls.stop()
    await asyncio.wait(held)

    assert all(each.cancelled() for each in held)
    assert polls.begin(task, AMPLE) is None


async def test_a_poll_that_never_came_to_wait_leaves_its_place_too(store: TroubledStore):
    polls, task = build(store, per_account=1), await add(store)
    held = begin(polls, task)

    held.cancel()  # before it has run at all
    await asyncio.wait([held])

    assert polls.begin(task, AMPLE) is not None
    polls.stop()
