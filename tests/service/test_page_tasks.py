"""Pages of tasks of some models: whole ones, in either order, whatever lies between."""

from itertools import chain

import pytest

from domain.samples import CALLER, MODEL, OTHER_MODEL, START, make_new
from kaiga.service.reading.page_tasks import PageTasks, PageWanted
from kaiga.service.reading.search_tasks import SearchTasks

OTHERS = frozenset({OTHER_MODEL})


@pytest.fixture
async def page_tasks(store, calendar) -> PageTasks:
    """Pages over nine tasks, of which every third is of the other model."""
    for number in range(9):
        model = OTHER_MODEL if number % 3 == 0 else MODEL
        await store.tasks.add(make_new(number, catalogue_model=model, submitted_at=START))
    return PageTasks(search_tasks=SearchTasks(store=store.tasks, calendar=calendar))


async def walk(page_tasks: PageTasks, limit: int, *, oldest_first: bool) -> list[list[str]]:
    """Turn page after page until none follows; gives the ids of each."""
    pages: list[list[str]] = []
    after, has_more = None, True
    while has_more:
        wanted = PageWanted(models=OTHERS, limit=limit, after=after, oldest_first=oldest_first)
        tasks, has_more = await page_tasks(CALLER, wanted)
        pages.append([task.id for task in tasks])
        after = pages[-1][-1]
    return pages


IDS = [make_new(number, submitted_at=START).task.id for number in (0, 3, 6)]


@pytest.mark.parametrize("limit", [1, 2, 3, 4])
async def test_pages_follow_each_other_and_all_but_the_last_are_full(page_tasks, limit: int):
    newest = await walk(page_tasks, limit, oldest_first=False)
    oldest = await walk(page_tasks, limit, oldest_first=True)

    assert list(chain(*newest)) == IDS[::-1]
    assert list(chain(*oldest)) == IDS
    for pages in (newest, oldest):
        assert all(len(page) == limit for page in pages[:-1])
