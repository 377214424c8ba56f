"""Deleting: what has ended is gone at once, what has not is stopped first."""

import asyncio
from datetime import timedelta

import pytest

from domain.samples import (
    CALLER,
    MODEL,
    OTHER_CALLER,
    RETENTION,
    START,
    after,
    always,
    make_lease,
    make_new,
    make_success,
)
from fakes import SetCalendar
from kaiga.domain.errors import TaskUnknown, WaitedTooLong
from kaiga.domain.tasks import CANCELED, Claim
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.owning.delete_task import DeleteTask
from kaiga.service.owning.stop_task import StopTask
from kaiga.service.reading.await_task import AwaitTask
from kaiga.service.reading.query_task import QueryTask
from service.troubled_store import TroubledStore

EXPIRY = START + RETENTION


def build(
    store: TroubledStore, calendar: SetCalendar, longest_stop: timedelta = RETENTION
) -> DeleteTask:
    hot = HotTasks(store.tasks)
    query_task = QueryTask(hot=hot, calendar=calendar)
    return DeleteTask(
        store=store.tasks,
        query_task=query_task,
        stop_task=StopTask(store=store.tasks, query_task=query_task, retention=RETENTION),
        await_task=AwaitTask(store.tasks, hot, RETENTION),
        longest_stop=longest_stop,
    )


async def claim(store: TroubledStore) -> Claim:
    await store.tasks.add(make_new(0))
    [claimed] = await store.tasks.claim(frozenset({MODEL}), make_lease(), 1, "e", always(START))
    return claimed


async def is_gone(delete: DeleteTask, claimed_id: str) -> bool:
    return await delete.query_task(CALLER, claimed_id) is None


async def test_a_task_that_has_ended_is_gone_at_once(store, calendar):
    delete, claimed = build(store, calendar), await claim(store)
    await store.tasks.finish(claimed, make_success(claimed), START, EXPIRY)

    await delete(CALLER, claimed.task.id)

    assert await is_gone(delete, claimed.task.id)
    with pytest.raises(TaskUnknown):
        await delete(CALLER, claimed.task.id)


async def test_a_task_that_waits_never_runs(store, calendar):
    delete = build(store, calendar)
    await store.tasks.add(make_new(0))

    await delete(CALLER, make_new(0).task.id)

    assert await is_gone(delete, make_new(0).task.id)
    assert await store.tasks.claim(frozenset({MODEL}), make_lease(), 1, "e", always(START)) == []


async def test_a_task_that_runs_is_gone_once_it_has_stopped(store, calendar):
    delete, claimed = build(store, calendar), await claim(store)

    deleting = asyncio.ensure_future(delete(CALLER, claimed.task.id))
    stopped = asyncio.Event()
    store.tasks.on_change(lambda _: stopped.set())
    await stopped.wait()
    assert not deleting.done()
    await store.tasks.finish(claimed, CANCELED, START, EXPIRY)
    await deleting

    assert await is_gone(delete, claimed.task.id)


async def test_a_task_that_does_not_stop_is_told_and_stays_on_its_way_out(store, calendar):
    delete, claimed = build(store, calendar, timedelta(milliseconds=10)), await claim(store)

    with pytest.raises(WaitedTooLong):
        await delete(CALLER, claimed.task.id)

    task = await delete.query_task(CALLER, claimed.task.id)
    assert task is not None
    assert task.is_canceling


async def test_another_account_s_task_stays(store, calendar):
    delete, claimed = build(store, calendar), await claim(store)
    await store.tasks.finish(claimed, make_success(claimed), after(0), EXPIRY)

    with pytest.raises(TaskUnknown):
        await delete(OTHER_CALLER, claimed.task.id)

    assert not await is_gone(delete, claimed.task.id)
