"""The port `TaskStore`, 4: what waits and what runs, for those who tell of it."""

import msgspec

from domain.samples import (
    ACCOUNT,
    MODEL,
    OTHER_ACCOUNT,
    OTHER_MODEL,
    OTHER_REGION,
    REGION,
    START,
    after,
    always,
    make_failed,
    make_lease,
    make_new,
)
from kaiga.domain.ids import Lane, TaskId
from kaiga.ports.task_store import TaskStore

LANE = Lane(ACCOUNT, MODEL)


async def claim(tasks: TaskStore, slots: int) -> list[TaskId]:
    claims = await tasks.claim(frozenset({MODEL}), make_lease(), slots, "e", always(START))
    return [each.task.id for each in claims]


class TestListWaiting:
    async def test_a_lane_is_listed_in_the_order_in_which_it_is_claimed(self, tasks: TaskStore):
        for number in range(5):
            new = make_new(number)
            await tasks.add(msgspec.structs.replace(new, priority=1 if number == 3 else 0))

        listed = await tasks.list_waiting(LANE, 10)

        assert listed == await claim(tasks, 5)

    async def test_no_more_are_listed_than_are_asked_for(self, tasks: TaskStore):
        for number in range(3):
            await tasks.add(make_new(number))

        assert await tasks.list_waiting(LANE, 2) == [make_new(0).task.id, make_new(1).task.id]

    async def test_what_runs_has_ended_or_waits_elsewhere_is_not_listed(self, tasks: TaskStore):
        await tasks.add(make_new(0))
        await claim(tasks, 1)
        await tasks.add(make_failed(1))
        await tasks.add(make_new(2, account=OTHER_ACCOUNT))
        await tasks.add(make_new(3, catalogue_model=OTHER_MODEL))
        await tasks.add(make_new(4))
        await tasks.cancel(ACCOUNT, REGION, make_new(4).task.id, after(5), after(6))

        assert await tasks.list_waiting(LANE, 10) == []


class TestListUnfinished:
    async def test_running_and_waiting_tasks_of_an_account_are_listed(self, tasks: TaskStore):
        for number, model in enumerate([MODEL, MODEL, OTHER_MODEL]):
            await tasks.add(make_new(number, catalogue_model=model))
        [running] = await claim(tasks, 1)
        await tasks.add(make_failed(7))

        listed = await tasks.list_unfinished(ACCOUNT, REGION, 10)

        assert {each.id for each in listed} == {make_new(number).task.id for number in range(3)}
        assert [each.id for each in listed if each.status == "RUNNING"] == [running]

    async def test_neither_other_accounts_nor_other_regions_are_listed(self, tasks: TaskStore):
        await tasks.add(make_new(0, account=OTHER_ACCOUNT))
        await tasks.add(make_new(1, region=OTHER_REGION))
        await claim(tasks, 2)
        await tasks.add(make_new(2, account=OTHER_ACCOUNT))
        await tasks.add(make_new(3, region=OTHER_REGION))

        assert await tasks.list_unfinished(ACCOUNT, REGION, 10) == []

    async def test_a_task_of_before_there_were_regions_is_listed_in_each(self, tasks: TaskStore):
        await tasks.add(make_new(0, region=""))

        assert len(await tasks.list_unfinished(ACCOUNT, OTHER_REGION, 10)) == 1

    async def test_of_those_that_wait_no_more_are_listed_than_are_asked_for(self, tasks: TaskStore):
        for number in range(4):
            await tasks.add(make_new(number))
        await claim(tasks, 1)

        assert len(await tasks.list_unfinished(ACCOUNT, REGION, 2)) == 3
