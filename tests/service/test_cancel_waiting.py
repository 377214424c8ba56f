"""Many waiting tasks canceled at once, and tasks that fail for having waited too long."""

import asyncio
from datetime import timedelta

import pytest

from domain.samples import ACCOUNT, MODEL, REGION, RETENTION, START, always, make_lease, make_new
from fakes import SetCalendar
from kaiga.domain.errors import StoreUnavailable
from kaiga.ports.task_store import QueueDepth, WaitingFilter
from kaiga.service.owning.cancel_waiting import CanceledTasks, CancelWaiting
from kaiga.service.running.fail_overdue import FailOverdue
from service.troubled_store import TroubledStore

ALL = WaitingFilter(account=ACCOUNT, submitted_before=START + timedelta(hours=1))


@pytest.fixture
def cancel_waiting(store: TroubledStore, calendar: SetCalendar) -> CancelWaiting:
    return CancelWaiting(store=store.tasks, calendar=calendar, retention=RETENTION)


async def test_every_task_that_waits_is_canceled_and_none_that_runs(
    store: TroubledStore, cancel_waiting: CancelWaiting
):
    for number in range(150):  # more than two steps
        await store.tasks.add(make_new(number))
    await store.tasks.claim(frozenset({MODEL}), make_lease(), 1, "sketch", always(START))

    assert await cancel_waiting(ALL) == CanceledTasks(count=149, has_more=False)
    assert await store.tasks.measure_queue() == QueueDepth(pending=0, running=1)
    assert await cancel_waiting(ALL) == CanceledTasks(count=0, has_more=False)


async def test_a_create_does_not_wait_for_the_end_of_a_long_cancel(
    store: TroubledStore, cancel_waiting: CancelWaiting
):
    for number in range(640):  # ten steps
        await store.tasks.add(make_new(number))
    canceling = asyncio.ensure_future(cancel_waiting(ALL))
    has_begun = asyncio.Event()
    store.tasks.on_change(lambda _: has_begun.set())
    await has_begun.wait()

    await store.tasks.add(make_new(10_000_000))

    assert not canceling.done()
    assert (await canceling).count == 640
    assert (await store.tasks.measure_queue()).pending == 1


async def test_a_call_that_could_not_do_it_all_says_so(store: TroubledStore, calendar: SetCalendar):
    cancel_waiting = CancelWaiting(
        store=store.tasks, calendar=calendar, retention=RETENTION, largest_call=2
    )
    for number in range(3):
        await store.tasks.add(make_new(number))

    assert await cancel_waiting(ALL) == CanceledTasks(count=2, has_more=True)
    assert await cancel_waiting(ALL) == CanceledTasks(count=1, has_more=False)


async def test_tasks_of_every_region_are_canceled_where_none_is_named(
    store: TroubledStore, cancel_waiting: CancelWaiting
):
    for number, region in enumerate(("", REGION, "ap-southeast-1")):
        await store.tasks.add(make_new(number, region=region))

    assert (await cancel_waiting(ALL)).count == 3


@pytest.mark.parametrize(("longest_wait", "failed"), [(None, 0), (timedelta(minutes=1), 150)])
async def test_tasks_fail_for_waiting_only_where_a_limit_is_set(
    store: TroubledStore, calendar: SetCalendar, longest_wait: timedelta | None, failed: int
):
    for number in range(150):
        await store.tasks.add(make_new(number))
    calendar.advance(timedelta(hours=1))
    fail_overdue = FailOverdue(
        store=store.tasks, calendar=calendar, retention=RETENTION, longest_wait=longest_wait
    )

    steps = [await fail_overdue() for _ in range(3)]

    assert steps == [failed > 100, False, False]
    assert (await store.tasks.measure_queue()).pending == 150 - failed


async def test_a_store_that_is_away_is_told(
    store: TroubledStore, cancel_waiting: CancelWaiting, calendar: SetCalendar
):
    store.database.close()

    with pytest.raises(StoreUnavailable):
        await cancel_waiting(ALL)
    with pytest.raises(StoreUnavailable):
        await FailOverdue(
            store=store.tasks,
            calendar=calendar,
            retention=RETENTION,
            longest_wait=timedelta(minutes=1),
        )()
