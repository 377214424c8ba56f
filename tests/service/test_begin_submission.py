"""Orders recorded with nobody awaiting them: the same tasks as by a call, and the same refusals."""

import asyncio
from collections.abc import Awaitable
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from fakes import MemoryObjects, SetCalendar, SetLeaseClock
from kaiga.domain.errors import ModelUnknown, RateExceeded, StoreUnavailable
from kaiga.domain.limits import LimitBook, LimitRule
from kaiga.domain.tasks import Task, TaskStatus
from kaiga.ports.task_store import QueueDepth
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.limits.limit_rates import LimitRates
from kaiga.service.submitting.submit_task import Extras, Submission, SubmitTask
from service.building import build_submit_task
from service.submitting import make_submission, read_request
from service.troubled_store import TroubledStore

OF_ONE_TASK = frozenset({"id", "generation"})
"""What differs between two tasks of one order at one time: a seed is drawn for each."""


@pytest.fixture
def hot(store: TroubledStore) -> HotTasks:
    return HotTasks(store.tasks)


@pytest.fixture
def submit(
    store: TroubledStore, hot: HotTasks, objects: MemoryObjects, calendar: SetCalendar
) -> SubmitTask:
    return build_submit_task(store.tasks, hot, objects, calendar)


async def begin(submit: SubmitTask, submission: Submission) -> Task | Exception:
    """Give what is told of a submission that needs nobody to await it."""
    told: asyncio.Future[Task | Exception] = asyncio.get_running_loop().create_future()
    rest = submit.begin(submission, told.set_result)
    assert rest is None
    assert not told.done(), "told before the begin was over"
    return await told


async def read_row(store: TroubledStore, task: Task) -> tuple[object, ...]:
    """Read what does not differ between two tasks of one order."""

    def read(connection: Any) -> tuple[object, ...]:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(tasks)")]
        same = ", ".join(name for name in columns if name not in OF_ONE_TASK)
        return connection.execute(f"SELECT {same} FROM tasks WHERE id = ?", (task.id,)).fetchone()  # noqa: S608  names of columns

    return await store.database.lists.read(read)


def order_of(task: Task) -> object:
    """Give what was ordered, but for the seed that is drawn for each task."""
    return task.generation and msgspec.structs.replace(task.generation, seed=0)


@pytest.mark.parametrize(
    "change",
    [{}, {"order_input": {}}, {"parameters": {"n": 2}}, {"extras": Extras(priority=3)}],
    ids=["plain", "a broken rule", "parameters", "a priority"],
)
async def test_a_begun_order_makes_the_task_and_the_row_that_a_call_makes(
    store: TroubledStore, submit: SubmitTask, change: dict[str, Any]
):
    submission = msgspec.structs.replace(make_submission(raw_body=b'{"a":1}'), **change)

    called = await submit(submission)
    begun = await begin(submit, submission)

    assert isinstance(begun, Task)
    assert await store.tasks.find(begun.id) == begun
    assert await read_row(store, begun) == await read_row(store, called)
    assert await read_request(store, begun) == (b'{"a":1}', None)
    assert order_of(begun) == order_of(called)


async def test_it_is_answered_from_memory_right_after_it_is_told(submit: SubmitTask, hot: HotTasks):
    task = await begin(submit, make_submission())

    assert isinstance(task, Task)
    assert hot.find(task.id) is task
    assert hot._under_way == {}


async def test_where_the_store_is_down_that_is_told_and_nothing_is_remembered(
    store: TroubledStore, submit: SubmitTask, hot: HotTasks
):
    store.tasks.is_down = True

    told = await begin(submit, make_submission())

    assert isinstance(told, StoreUnavailable)
    assert hot._under_way == {}
    assert vars(hot._tasks)["_entries"] == {}


async def test_a_task_that_has_changed_before_it_is_told_is_not_remembered(
    store: TroubledStore, submit: SubmitTask, hot: HotTasks
):
    told: asyncio.Future[Task | Exception] = asyncio.get_running_loop().create_future()
    submit.begin(make_submission(), told.set_result)
    [task_id] = hot._under_way

    store.tasks._tell([task_id])
    task = await told

    assert isinstance(task, Task)
    assert task.id == task_id
    assert hot.find(task_id) is None


async def test_an_order_that_is_refused_at_once_is_refused_before_anything_is_begun(
    store: TroubledStore, submit: SubmitTask
):
    told: list[Task | Exception] = []

    with pytest.raises(ModelUnknown):
        submit.begin(make_submission(model="no-such-model"), told.append)

    assert told == []
    assert await store.tasks.measure_queue() == QueueDepth(pending=0, running=0)


async def test_who_submits_too_fast_is_refused_after_one_task_whichever_way_it_came(
    store: TroubledStore, hot: HotTasks, objects: MemoryObjects, calendar: SetCalendar
):
    book = LimitBook()
    book.replace([LimitRule(submissions_per_second=1)])
    rates = LimitRates(book=book, clock=SetLeaseClock())
    submit = build_submit_task(store.tasks, hot, objects, calendar, rates=rates)

    large = await_me(submit.begin(make_submission(raw_body=b"x" * 40_000), never))
    with pytest.raises(RateExceeded):
        submit.begin(make_submission(), never)

    assert (await large).status is TaskStatus.PENDING


def never(told: Task | Exception) -> None:
    raise AssertionError(f"nobody was to be told of {told!r}")


def await_me(rest: Awaitable[Task] | None) -> Awaitable[Task]:
    assert rest is not None
    return rest


@pytest.mark.parametrize(
    "change",
    [
        {"raw_body": b"x" * 40_000},
        {"extras": Extras(idempotency_key="k")},
    ],
    ids=["a large request", "an idempotency key"],
)
async def test_what_has_to_wait_for_more_than_the_store_is_given_back_and_ends_the_same(
    store: TroubledStore, submit: SubmitTask, change: dict[str, Any]
):
    submission = msgspec.structs.replace(make_submission(), **change)

    task = await await_me(submit.begin(submission, never))

    assert await store.tasks.find(task.id) == task


async def test_with_repeats_recognised_a_begun_order_is_known_again(
    store: TroubledStore, hot: HotTasks, objects: MemoryObjects, calendar: SetCalendar
):
    submit = build_submit_task(
        store.tasks, hot, objects, calendar, recognise_for=timedelta(seconds=30)
    )

    first = await await_me(submit.begin(make_submission(), never))
    again = await await_me(submit.begin(make_submission(), never))

    assert again.id == first.id
