"""Tasks go as their courses say: fates, ends, and what waits again; over a real store."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from domain.samples import ACCOUNT, MODERATED, OTHER_ACCOUNT, REGION, RETENTION, START, make_lease
from emulator.workshop import PacedWorkshop, wait_until
from kaiga.domain.emulation.fates import TaskFate
from kaiga.domain.emulation.paces import Pace
from kaiga.domain.errors import LeaseLost
from kaiga.domain.tasks import CANCELED, AttemptCause, StoredResult, TaskStatus

HOUR = timedelta(hours=1)
SLOW = Pace(pending_seconds=60, running_seconds=60)


async def answer(value: bool) -> bool:
    return value


@pytest.fixture
async def workshop(tmp_path: Path) -> AsyncIterator[PacedWorkshop]:
    workshop = PacedWorkshop(tmp_path)
    yield workshop
    workshop.database.close()


class TestFates:
    async def test_a_task_that_is_to_fail_fails_with_its_code_and_no_results(
        self, workshop: PacedWorkshop
    ):
        workshop.fate = TaskFate(failure=MODERATED)
        async with workshop.at_work():
            added = await workshop.add(count=2)
            task = await workshop.wait_for(added.id, TaskStatus.FAILED)

        assert task.failure == MODERATED
        assert task.results == ()
        assert task.usage is None
        assert workshop.objects.contents == {}

    async def test_one_of_several_results_fails_and_the_others_are_billed(
        self, workshop: PacedWorkshop
    ):
        workshop.fate = TaskFate(failed_results={1: MODERATED, 7: MODERATED})
        async with workshop.at_work():
            added = await workshop.add(count=3)
            task = await workshop.wait_for(added.id, TaskStatus.SUCCEEDED)

        assert [isinstance(result, StoredResult) for result in task.results] == [True, False, True]
        assert task.results[1] == MODERATED
        assert task.usage == {"image_count": 2}

    async def test_a_task_stuck_in_pending_never_begins_and_can_be_canceled(
        self, workshop: PacedWorkshop
    ):
        workshop.fate = TaskFate(stuck_in=TaskStatus.PENDING)
        stuck = await workshop.add()
        workshop.clocks.change(ACCOUNT, by=HOUR)

        assert await workshop.claim() == []
        assert not workshop.schedule.is_due_to_end(stuck)
        assert await workshop.store.cancel(ACCOUNT, REGION, stuck.id, START, START + RETENTION)

    async def test_a_task_stuck_in_running_ends_when_its_owner_wants_it(
        self, workshop: PacedWorkshop
    ):
        workshop.fate = TaskFate(stuck_in=TaskStatus.RUNNING)
        async with workshop.at_work():
            stuck = await workshop.add()
            await workshop.wait_for(stuck.id, TaskStatus.RUNNING)
            workshop.clocks.change(ACCOUNT, by=HOUR)
            workshop.fate = TaskFate()
            usual = await workshop.add()
            await workshop.wait_for(usual.id, TaskStatus.SUCCEEDED)
            assert (await workshop.get(stuck.id)).status is TaskStatus.RUNNING

            await workshop.store.request_cancel(
                ACCOUNT, REGION, stuck.id, START + HOUR, START + HOUR + RETENTION
            )
            task = await workshop.wait_for(stuck.id, TaskStatus.CANCELED)

        assert task.ended_at == START + HOUR

    async def test_each_task_has_its_fate_chosen_once(self, workshop: PacedWorkshop):
        async with workshop.at_work():
            task = await workshop.add()
            workshop.schedule.add(task)
            await workshop.tasks.look_after_waiting()
            await workshop.wait_for(task.id, TaskStatus.SUCCEEDED)

        assert workshop.chosen == [task.id]


class TestTimes:
    async def test_what_is_not_due_is_not_claimed_and_another_clock_changes_nothing(
        self, workshop: PacedWorkshop
    ):
        workshop.pace = SLOW
        await workshop.add()
        workshop.clocks.change(OTHER_ACCOUNT, by=HOUR)

        assert await workshop.claim() == []

    async def test_an_end_that_the_clock_has_passed_is_where_it_was_to_be(
        self, workshop: PacedWorkshop
    ):
        workshop.pace = SLOW
        async with workshop.at_work():
            added = await workshop.add()
            workshop.clocks.change(ACCOUNT, by=HOUR)
            task = await workshop.wait_for(added.id, TaskStatus.SUCCEEDED)

        assert task.scheduled_at == START + timedelta(seconds=60)
        assert task.ended_at == START + timedelta(seconds=120)
        assert task.expires_at == task.ended_at + RETENTION

    async def test_a_clock_that_goes_back_ends_no_task_before_it_began(
        self, workshop: PacedWorkshop
    ):
        workshop.clocks.change(ACCOUNT, by=HOUR)
        await workshop.add()
        [claim] = await workshop.claim()
        workshop.clocks.reset(ACCOUNT)

        await workshop.tasks.finish(claim, CANCELED, START, START + RETENTION)

        task = await workshop.get(claim.task.id)
        assert task.ended_at is not None
        assert task.scheduled_at is not None
        assert task.submitted_at <= task.scheduled_at <= task.ended_at

    async def test_only_what_would_have_ended_by_now_is_overdue(self, workshop: PacedWorkshop):
        at_once = await workshop.add()
        workshop.pace = SLOW
        slow = await workshop.add()
        workshop.fate = TaskFate(stuck_in=TaskStatus.RUNNING)
        stuck = await workshop.add()

        tasks = (at_once, slow, stuck)
        assert [workshop.schedule.is_due_to_end(task) for task in tasks] == [True, False, False]
        workshop.clocks.change(ACCOUNT, by=HOUR)
        assert [workshop.schedule.is_due_to_end(task) for task in tasks] == [True, True, False]


class TestRoom:
    async def test_no_more_tasks_run_than_may(self, workshop: PacedWorkshop):
        workshop.pace = Pace(running_seconds=60)
        async with workshop.at_work(most_running=2) as supervisor:
            for _ in range(3):
                await workshop.add()
            await wait_until(lambda: answer(supervisor.running == 2))
            [waiting] = await workshop.store.list_pending()
            workshop.clocks.change(ACCOUNT, by=HOUR)
            await workshop.wait_for(waiting, TaskStatus.SUCCEEDED)

    async def test_where_none_may_run_all_wait(self, workshop: PacedWorkshop):
        async with workshop.at_work(most_running=0):
            task = await workshop.add()
            for _ in range(100):
                await asyncio.sleep(0)

            assert [claim.task.id for claim in await workshop.claim()] == [task.id]


class TestWaitingAgain:
    async def test_a_task_whose_engine_crashed_is_due_at_once_by_the_same_course(
        self, workshop: PacedWorkshop
    ):
        await workshop.add()
        [claim] = await workshop.claim()
        await workshop.tasks.give_back(claim, AttemptCause.ENGINE_CRASHED, START, START + RETENTION)

        [again] = await workshop.claim()

        assert (again.task.id, again.task.attempt) == (claim.task.id, 2)
        assert len(workshop.chosen) == 1

    async def test_a_task_whose_lease_was_lost_is_found_again(self, workshop: PacedWorkshop):
        await workshop.add()
        [claim] = await workshop.claim()
        await workshop.store.recover(1e9, workshop.clocks.now, RETENTION)
        with pytest.raises(LeaseLost):
            await workshop.tasks.finish(claim, CANCELED, START, START + RETENTION)

        [again] = await workshop.claim()

        assert again.task.attempt == 2

    async def test_after_a_restart_all_that_waits_is_scheduled_anew(self, workshop: PacedWorkshop):
        waiting, runs = await workshop.add(), await workshop.add()
        await workshop.claim()
        await workshop.store.recover(1e9, workshop.clocks.now, RETENTION)
        workshop.forget_courses()

        async with workshop.at_work():
            for each in (waiting, runs):
                await workshop.wait_for(each.id, TaskStatus.SUCCEEDED)

    async def test_a_task_that_was_never_scheduled_is_at_the_second_look(
        self, workshop: PacedWorkshop
    ):
        await workshop.tasks.look_after_waiting()
        lost = await workshop.record()

        await workshop.tasks.look_after_waiting()
        assert lost.id not in workshop.schedule
        await workshop.tasks.look_after_waiting()
        assert lost.id in workshop.schedule

    async def test_the_course_of_a_task_that_was_canceled_is_forgotten(
        self, workshop: PacedWorkshop
    ):
        workshop.pace = SLOW
        canceled, kept = await workshop.add(), await workshop.add()
        await workshop.store.cancel(ACCOUNT, REGION, canceled.id, START, START + RETENTION)

        await workshop.tasks.look_after_waiting()

        assert canceled.id not in workshop.schedule
        assert kept.id in workshop.schedule


class TestStore:
    async def test_only_those_that_wait_are_claimed_each_with_its_time(
        self, workshop: PacedWorkshop
    ):
        first, canceled = await workshop.record(), await workshop.record()
        await workshop.store.cancel(ACCOUNT, REGION, canceled.id, START, START + RETENTION)
        at = START + HOUR

        claims = await workshop.store.claim_these(
            {first.id: at, canceled.id: at}, make_lease(), "sketch"
        )

        assert [(claim.task.id, claim.task.scheduled_at) for claim in claims] == [(first.id, at)]
        assert await workshop.store.list_pending() == []
        [attempt] = await workshop.store.list_attempts(first.id)
        assert attempt.claimed_at == at

    async def test_two_claims_never_get_the_same_task(self, workshop: PacedWorkshop):
        task = await workshop.record()

        first = await workshop.store.claim_these({task.id: START}, make_lease(), "sketch")
        second = await workshop.store.claim_these({task.id: START}, make_lease(), "sketch")

        assert (len(first), len(second)) == (1, 0)
