"""Who may read a task: its owners, and admins, for as long as it is kept."""

from datetime import timedelta

import pytest
from msgspec import structs

from domain.samples import (
    CALLER,
    OTHER_CALLER,
    OTHER_PRINCIPAL,
    REGION,
    RETENTION,
    make_failed,
    make_new,
    make_task,
)
from fakes import SetCalendar
from kaiga.domain.errors import TaskUnknown
from kaiga.domain.keys import Caller, Role
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.reading.inspect_task import InspectTask
from kaiga.service.reading.query_task import QueryTask
from service.troubled_store import TroubledStore

TASK_ID = make_task(0).id
ADMIN = structs.replace(OTHER_PRINCIPAL, role=Role.ADMIN)
OTHER_ADMIN = Caller(principal=ADMIN, workspace=ADMIN.workspace, region="elsewhere")


@pytest.fixture
def inspect(store: TroubledStore, calendar: SetCalendar) -> InspectTask:
    return InspectTask(query_task=QueryTask(hot=HotTasks(store.tasks), calendar=calendar))


async def test_an_admin_reads_the_task_of_any_account_and_region(
    store: TroubledStore, inspect: InspectTask
):
    await store.tasks.add(make_new(0))

    assert OTHER_ADMIN.region != REGION
    assert await inspect(OTHER_ADMIN, TASK_ID) == make_task(0)
    assert await inspect(CALLER, TASK_ID) == make_task(0)


async def test_another_account_s_user_reads_nothing(store: TroubledStore, inspect: InspectTask):
    await store.tasks.add(make_new(0))

    with pytest.raises(TaskUnknown):
        await inspect(OTHER_CALLER, TASK_ID)


async def test_no_admin_reads_what_is_kept_no_longer(
    store: TroubledStore, inspect: InspectTask, calendar: SetCalendar
):
    await store.tasks.add(make_failed(0))

    calendar.advance(RETENTION - timedelta(milliseconds=1))
    assert (await inspect(OTHER_ADMIN, TASK_ID)).id == TASK_ID
    calendar.advance(timedelta(milliseconds=1))
    with pytest.raises(TaskUnknown):
        await inspect(OTHER_ADMIN, TASK_ID)
