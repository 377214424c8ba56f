"""A search that has much to look through does so in stretches, and leaves nothing out."""

import pytest

from domain.samples import ACCOUNT, REGION, START, make_new
from kaiga.domain.tasks import TaskStatus
from kaiga.ports.task_store import FoundTasks, TaskSearch
from kaiga.store.sqlite.searching import search
from store.opened import OpenedSqlite

IDS = [make_new(number * 1000).task.id for number in range(9, -1, -1)]
"""The newest first."""


@pytest.fixture
async def ten(sqlite: OpenedSqlite) -> OpenedSqlite:
    for number in range(10):
        await sqlite.tasks.add(make_new(number * 1000))
    return sqlite


def look(sqlite: OpenedSqlite, looked_through: int, **wishes: object) -> FoundTasks:
    wishes.setdefault("status", TaskStatus.PENDING)
    wanted = TaskSearch(**{"account": ACCOUNT, "region": REGION, "now": START, **wishes})
    return search(sqlite.database._connection, wanted, 50, looked_through)


@pytest.mark.parametrize("looked_through", [1, 3, 4, 9, 10, 11])
def test_stretches_from_the_newest_on_are_the_whole(ten: OpenedSqlite, looked_through: int):
    found = look(ten, looked_through)
    ids = [task.id for task in found.tasks]
    while found.stopped_at:
        found = look(ten, looked_through, older_than=found.stopped_at)
        ids += [task.id for task in found.tasks]

    assert ids == IDS


@pytest.mark.parametrize("looked_through", [1, 3, 4, 9, 10])
def test_stretches_towards_the_newest_are_the_whole(ten: OpenedSqlite, looked_through: int):
    found = look(ten, looked_through, newer_than=IDS[-1])
    ids = [task.id for task in found.tasks]
    while found.stopped_at:
        found = look(ten, looked_through, newer_than=found.stopped_at)
        ids = [task.id for task in found.tasks] + ids

    assert ids == IDS[:-1]


def test_what_matches_nothing_is_left_after_a_stretch(ten: OpenedSqlite):
    found = look(ten, 4, status=TaskStatus.FAILED)

    assert found.tasks == []
    assert found.stopped_at == IDS[3]
