"""Lists: which span is shown where the caller leaves an end open, and which spans are refused."""

from datetime import UTC, datetime, timedelta

import pytest

from domain.samples import CALLER, OTHER_CALLER, START, make_new
from fakes import SetCalendar
from kaiga.domain.errors import ListQueryInvalid
from kaiga.domain.tasks import TaskStatus
from kaiga.ports.task_store import TaskPage
from kaiga.service.reading.list_tasks import ListQuery, ListTasks
from service.troubled_store import TroubledStore

DAY = timedelta(hours=24)
SECOND = timedelta(seconds=1)
AGES = {"just now": timedelta(0), "a day ago": DAY - SECOND, "two days ago": DAY * 2 - SECOND}


@pytest.fixture
async def list_tasks(store: TroubledStore, calendar: SetCalendar) -> ListTasks:
    """Lists over a task of each age."""
    for number, age in enumerate(AGES.values()):
        await store.tasks.add(make_new(number, submitted_at=START - age))
    return ListTasks(store=store.tasks, calendar=calendar)


def name_ages(page: TaskPage) -> list[str]:
    names = {START - age: name for name, age in AGES.items()}
    return [names[task.submitted_at] for task in page.tasks]


@pytest.mark.parametrize(
    ("start", "end", "shown"),
    [
        (None, None, ["just now", "a day ago"]),
        (None, START, ["a day ago"]),
        (None, START - DAY + SECOND, ["two days ago"]),
        (None, START - DAY + SECOND * 2, ["a day ago"]),
        (START - DAY, None, ["a day ago"]),
        (START - DAY * 2, None, ["two days ago"]),
        (START, None, ["just now"]),
        (START - DAY, START, ["a day ago"]),
        (START, START, []),
        (START + DAY, None, []),
    ],
)
async def test_an_open_end_of_the_span_is_filled_with_a_day(
    list_tasks: ListTasks, start: datetime | None, end: datetime | None, shown: list[str]
):
    page = await list_tasks(CALLER, ListQuery(start=start, end=end))

    assert name_ages(page) == shown
    assert page.total == len(shown)


@pytest.mark.parametrize(
    ("start", "end"),
    [(START, START - SECOND), (START - DAY - SECOND, START), (START - DAY * 9, START)],
)
async def test_a_span_that_is_too_long_or_backwards_is_refused(
    list_tasks: ListTasks, start: datetime, end: datetime
):
    with pytest.raises(ListQueryInvalid, match="end_time"):
        await list_tasks(CALLER, ListQuery(start=start, end=end))


@pytest.mark.parametrize(
    "query",
    [
        ListQuery(start=datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ListQuery(end=datetime(1, 1, 1, tzinfo=UTC)),
        ListQuery(end=datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)),
        ListQuery(start=datetime(1, 1, 1, tzinfo=UTC), end=datetime(1, 1, 1, 5, tzinfo=UTC)),
        ListQuery(page=10**9, page_size=100),
    ],
)
async def test_the_ends_of_time_and_of_numbers_list_nothing(
    list_tasks: ListTasks, query: ListQuery
):
    page = await list_tasks(CALLER, query)

    assert list(page.tasks) == []


async def test_unknown_tasks_are_never_listed(list_tasks: ListTasks):
    page = await list_tasks(CALLER, ListQuery(status=TaskStatus.UNKNOWN))

    assert (list(page.tasks), page.total) == ([], 0)


async def test_only_the_caller_s_account_is_listed(list_tasks: ListTasks):
    assert (await list_tasks(OTHER_CALLER, ListQuery())).total == 0


async def test_pages_follow_the_caller_s_numbers(list_tasks: ListTasks):
    page = await list_tasks(CALLER, ListQuery(page=2, page_size=1))

    assert (name_ages(page), page.total) == (["a day ago"], 2)
