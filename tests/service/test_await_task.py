"""Waiting for the end of a task: nobody waits in vain, too long, or at others' cost."""

import asyncio
from datetime import timedelta

import pytest

from domain.samples import (
    ACCOUNT,
    MODEL,
    MODERATED,
    REGION,
    START,
    after,
    always,
    make_lease,
    make_new,
    make_success,
)
from kaiga.domain.errors import WaitedTooLong
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import Claim, Task, TaskStatus, make_outcome
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.reading.await_task import AwaitTask
from service.troubled_store import TroubledStore

EXPIRY = after(86_400_000)
AMPLE = timedelta(seconds=60)


def build(
    store: TroubledStore, longest_wait: timedelta = AMPLE, look_again: timedelta = AMPLE
) -> AwaitTask:
    return AwaitTask(store.tasks, HotTasks(store.tasks), longest_wait, look_again)


async def claim_new(store: TroubledStore, number: int = 0) -> Claim:
    await store.tasks.add(make_new(number))
    [claim] = await store.tasks.claim(frozenset({MODEL}), make_lease(), 1, "e", always(START))
    return claim


async def finish(store: TroubledStore, claim: Claim) -> None:
    await store.tasks.finish(claim, make_success(claim), after(5), EXPIRY)


async def begin(waiting: AwaitTask, task_id: TaskId, count: int = 1) -> list[asyncio.Future[Task]]:
    """Have so many wait for a task, each past its first look."""
    waiters = [asyncio.ensure_future(waiting(task_id)) for _ in range(count)]
    await asyncio.sleep(0)
    await waiting._hot.load(task_id)  # read after their own looks
    return waiters


async def test_a_task_that_has_ended_already_is_given_at_once(store: TroubledStore):
    claim = await claim_new(store)
    await finish(store, claim)

    assert (await build(store)(claim.task.id)).status is TaskStatus.SUCCEEDED


@pytest.mark.parametrize("end", ["finish", "fail", "cancel"])
async def test_however_a_task_ends_those_who_wait_are_given_it(store: TroubledStore, end: str):
    waiting = build(store)
    await store.tasks.add(make_new(0))
    [waiter] = await begin(waiting, make_new(0).task.id)

    if end == "cancel":
        await store.tasks.cancel(ACCOUNT, REGION, make_new(0).task.id, after(5), EXPIRY)
    else:
        [claim] = await store.tasks.claim(frozenset({MODEL}), make_lease(), 1, "e", always(START))
        results = make_success(claim) if end == "finish" else make_outcome((MODERATED,), {}, None)
        await store.tasks.finish(claim, results, after(5), EXPIRY)

    statuses = {"finish": "SUCCEEDED", "fail": "FAILED", "cancel": "CANCELED"}
    assert (await waiter).status == statuses[end]


async def test_a_task_that_only_begins_to_run_is_still_waited_for(store: TroubledStore):
    waiting = build(store)
    await store.tasks.add(make_new(0))
    [waiter] = await begin(waiting, make_new(0).task.id)

    [claim] = await store.tasks.claim(frozenset({MODEL}), make_lease(), 1, "e", always(START))
    await waiting._hot.load(claim.task.id)
    assert not waiter.done()

    await finish(store, claim)
    assert (await waiter).status is TaskStatus.SUCCEEDED


async def test_an_end_between_the_look_and_the_wait_is_not_missed(store: TroubledStore):
    claim = await claim_new(store)
    waiting = build(store)
    store.tasks.reads.close()
    waiter = asyncio.ensure_future(waiting(claim.task.id))
    await store.tasks.reads.hold_one()  # it has read RUNNING, and does not know it yet

    await finish(store, claim)
    store.tasks.reads.open()

    assert (await waiter).status is TaskStatus.SUCCEEDED


async def test_many_wait_for_many_tasks_and_each_is_given_its_own(store: TroubledStore):
    claims = [await claim_new(store, number) for number in range(5)]
    waiting = build(store)
    waiters = {claim.task.id: await begin(waiting, claim.task.id, 20) for claim in claims}

    await asyncio.gather(*(finish(store, claim) for claim in claims))
    given = {task_id: await asyncio.gather(*each) for task_id, each in waiters.items()}

    assert all(task.id == task_id for task_id, tasks in given.items() for task in tasks)
    assert waiting._changed == {}


async def test_those_who_wait_for_a_task_in_memory_ask_the_store_nothing(store: TroubledStore):
    claim = await claim_new(store)
    waiting = build(store)
    await waiting._hot.load(claim.task.id)
    before = store.tasks.finds

    waiters = [asyncio.ensure_future(waiting(claim.task.id)) for _ in range(100)]
    await asyncio.sleep(0)

    assert store.tasks.finds == before
    await finish(store, claim)
    await asyncio.gather(*waiters)


async def test_one_who_stops_waiting_takes_nothing_from_the_others_or_the_task(
    store: TroubledStore,
):
    claim = await claim_new(store)
    waiting = build(store)
    gone, stays = await begin(waiting, claim.task.id, 2)

    gone.cancel()
    await asyncio.wait([gone])

    assert gone.cancelled()
    await finish(store, claim)
    assert (await stays).status is TaskStatus.SUCCEEDED
    assert waiting._changed == {}


async def test_the_last_one_to_stop_waiting_leaves_nothing_behind(store: TroubledStore):
    claim = await claim_new(store)
    waiting = build(store)
    [waiter] = await begin(waiting, claim.task.id)

    waiter.cancel()
    await asyncio.wait([waiter])

    assert waiting._changed == {}
    await finish(store, claim)


async def test_after_the_longest_wait_the_wait_ends_and_the_task_goes_on(store: TroubledStore):
    claim = await claim_new(store)
    waiting = build(store, longest_wait=timedelta(milliseconds=50))

    with pytest.raises(WaitedTooLong):
        await waiting(claim.task.id)

    assert waiting._changed == {}
    task = await store.tasks.find(claim.task.id)
    assert task is not None
    assert task.status is TaskStatus.RUNNING
    await finish(store, claim)


async def test_a_store_that_is_away_for_a_while_ends_no_wait(store: TroubledStore):
    claim = await claim_new(store)
    waiting = build(store)
    store.tasks.is_down = True
    waiter = asyncio.ensure_future(waiting(claim.task.id))
    await store.tasks.refusals.acquire()

    store.tasks.is_down = False
    await finish(store, claim)

    assert (await waiter).status is TaskStatus.SUCCEEDED


async def test_an_end_that_nobody_told_is_found_all_the_same(store: TroubledStore):
    claim = await claim_new(store)
    waiting = build(store, look_again=timedelta(milliseconds=20))
    store.tasks.is_down = True
    waiter = asyncio.ensure_future(waiting(claim.task.id))
    await store.tasks.refusals.acquire()
    store.tasks.is_down = False

    store.tasks._change_listeners.remove(waiting._tell)
    await finish(store, claim)

    assert (await waiter).status is TaskStatus.SUCCEEDED


@pytest.mark.parametrize("is_down", [False, True])
async def test_one_who_waits_never_looks_in_a_loop(store: TroubledStore, is_down: bool):
    claim = await claim_new(store)
    waiting = build(
        store, longest_wait=timedelta(milliseconds=500), look_again=timedelta(milliseconds=100)
    )
    before = store.tasks.finds
    store.tasks.is_down = is_down

    with pytest.raises(WaitedTooLong):
        await waiting(claim.task.id)

    assert 1 <= store.tasks.finds - before <= 6
