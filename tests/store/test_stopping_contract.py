"""The port `TaskStore`, 3: tasks stopped at their owners' wish, and tasks whose turn never came."""

import pytest

from domain.samples import (
    ACCOUNT,
    MODEL,
    OTHER_ACCOUNT,
    OTHER_MODEL,
    OTHER_REGION,
    REGION,
    RETENTION,
    after,
    always,
    make_lease,
    make_new,
    make_success,
)
from kaiga.domain.ids import AccountId, KeyId, TaskId
from kaiga.domain.lifetimes import WAITED_TOO_LONG_IN_QUEUE
from kaiga.domain.tasks import CANCELED, Attempt, AttemptCause, Claim, NewTask, Task, TaskStatus
from kaiga.ports.task_store import QueueDepth, TaskStore, WaitingFilter
from store.opened import OpenedStore

EXPIRY = after(86_400_000)
HOUR = after(3_600_000) - after(0)
CAUSES = list(AttemptCause)


async def run_one(tasks: TaskStore, number: int = 0) -> Claim:
    await tasks.add(make_new(number))
    [claim] = await tasks.claim(frozenset({MODEL}), make_lease(), 1, "sketch", always(after(1000)))
    return claim


async def ask(tasks: TaskStore, task_id: TaskId, now: int = 2000) -> TaskStatus | None:
    return await tasks.request_cancel(ACCOUNT, REGION, task_id, after(now), EXPIRY)


async def get(tasks: TaskStore, task_id: TaskId) -> Task:
    task = await tasks.find(task_id)
    assert task is not None
    return task


class TestRequests:
    async def test_a_waiting_task_is_canceled_at_once(self, opened: OpenedStore):
        new = make_new()
        await opened.tasks.add(new)

        assert await ask(opened.tasks, new.task.id) is TaskStatus.CANCELED

        task = await get(opened.tasks, new.task.id)
        assert (task.status, task.ended_at) == (TaskStatus.CANCELED, after(2000))
        assert opened.select("SELECT status FROM outbox") == [("CANCELED",)]

    async def test_a_running_task_runs_on_and_is_noted_once(self, opened: OpenedStore):
        claim = await run_one(opened.tasks)

        first = await ask(opened.tasks, claim.task.id, now=2000)
        second = await ask(opened.tasks, claim.task.id, now=3000)

        task = await get(opened.tasks, claim.task.id)
        assert first is second is TaskStatus.RUNNING
        assert task.is_canceling
        assert task.cancel_requested_at == after(2000)
        assert opened.select("SELECT status FROM outbox") == []

    async def test_a_request_is_told_as_a_change(self, tasks: TaskStore):
        claim, told = await run_one(tasks), list[TaskId]()
        tasks.on_change(told.extend)

        await ask(tasks, claim.task.id)

        assert told == [claim.task.id]

    async def test_an_ended_task_and_one_that_is_not_there_are_neither(self, tasks: TaskStore):
        claim = await run_one(tasks)
        await tasks.finish(claim, make_success(claim), after(1500), EXPIRY)

        assert await ask(tasks, claim.task.id) is None
        assert await ask(tasks, TaskId("none")) is None
        assert (await get(tasks, claim.task.id)).cancel_requested_at is None

    @pytest.mark.parametrize(
        ("account", "region"), [(OTHER_ACCOUNT, REGION), (ACCOUNT, OTHER_REGION)]
    )
    async def test_what_belongs_elsewhere_is_left_alone(
        self, tasks: TaskStore, account: AccountId, region: str
    ):
        claim = await run_one(tasks)

        answer = await tasks.request_cancel(account, region, claim.task.id, after(2000), EXPIRY)

        assert answer is None
        assert not (await get(tasks, claim.task.id)).is_canceling

    async def test_a_task_that_was_finished_first_stays_succeeded(self, opened: OpenedStore):
        claim = await run_one(opened.tasks)
        await ask(opened.tasks, claim.task.id)

        await opened.tasks.finish(claim, make_success(claim), after(3000), EXPIRY)

        task = await get(opened.tasks, claim.task.id)
        assert task.status is TaskStatus.SUCCEEDED
        assert not task.is_canceling
        assert opened.select("SELECT count(*) FROM usage_ledger") == [(1,)]

    async def test_a_stopped_task_ends_with_no_results_and_no_usage(self, opened: OpenedStore):
        claim = await run_one(opened.tasks)
        await ask(opened.tasks, claim.task.id)

        await opened.tasks.finish(claim, CANCELED, after(3000), EXPIRY)

        task = await get(opened.tasks, claim.task.id)
        assert (task.status, task.ended_at) == (TaskStatus.CANCELED, after(3000))
        assert (task.results, task.usage, task.failure) == ((), None, None)
        assert task.expires_at == EXPIRY
        assert opened.select("SELECT count(*) FROM usage_ledger") == [(0,)]
        assert opened.select("SELECT status FROM outbox") == [("CANCELED",)]

    @pytest.mark.parametrize("cause", CAUSES)
    async def test_a_task_to_be_stopped_never_waits_again(
        self, opened: OpenedStore, cause: AttemptCause
    ):
        claim = await run_one(opened.tasks)
        await ask(opened.tasks, claim.task.id)

        await opened.tasks.give_back(claim, cause, after(3000), EXPIRY)

        assert (await get(opened.tasks, claim.task.id)).status is TaskStatus.CANCELED
        assert await opened.tasks.list_attempts(claim.task.id) == [
            Attempt(
                number=1,
                engine="sketch",
                claimed_at=after(1000),
                ended_at=after(3000),
                cause=cause,
            )
        ]
        assert opened.select("SELECT status FROM outbox") == [("CANCELED",)]

    async def test_a_request_outlives_a_restart_and_the_recovery_ends_the_task(
        self, opened: OpenedStore
    ):
        claim = await run_one(opened.tasks)
        await ask(opened.tasks, claim.task.id)
        await opened.reopen()

        await opened.tasks.recover(float("inf"), always(after(5000)), RETENTION)

        task = await get(opened.tasks, claim.task.id)
        assert (task.status, task.ended_at) == (TaskStatus.CANCELED, after(5000))
        assert await opened.tasks.measure_queue() == QueueDepth(pending=0, running=0)


async def test_attempts_are_told_in_their_order(tasks: TaskStore):
    first = await run_one(tasks)
    await tasks.give_back(first, AttemptCause.ENGINE_HUNG, after(1500), EXPIRY)
    await tasks.claim(frozenset({MODEL}), make_lease(), 1, "other", always(after(2500)))

    attempts = await tasks.list_attempts(first.task.id)

    assert [(each.number, each.engine, each.cause) for each in attempts] == [
        (1, "sketch", AttemptCause.ENGINE_HUNG),
        (2, "other", None),
    ]
    assert attempts[1].ended_at is None
    assert await tasks.list_attempts(TaskId("none")) == []


class TestFindWaiting:
    async def find(self, tasks: TaskStore, limit: int = 100, **changes: object) -> set[TaskId]:
        values = {"account": ACCOUNT, "submitted_before": after(100), **changes}
        found = await tasks.find_waiting(WaitingFilter(**values), limit)  # type: ignore[arg-type]
        return {each.id for each in found}

    async def test_all_conditions_hold_and_only_for_tasks_that_wait(self, tasks: TaskStore):
        running = await run_one(tasks)
        new = [
            make_new(1),
            make_new(2, catalogue_model=OTHER_MODEL),
            make_new(3, key_id="7"),
            make_new(4, region=OTHER_REGION),
            make_new(5, account=OTHER_ACCOUNT),
            make_new(200),
        ]
        for each in new:
            await tasks.add(each)
        ids = [each.task.id for each in new]

        assert running.task.id not in await self.find(tasks)
        assert await self.find(tasks) == set(ids[:4])
        assert await self.find(tasks, key_id=KeyId("7")) == {ids[2]}
        assert await self.find(tasks, region=OTHER_REGION) == {ids[3]}
        assert await self.find(tasks, account=OTHER_ACCOUNT) == {ids[4]}
        assert len(await self.find(tasks, limit=2)) == 2


class TestOverdue:
    async def fail(self, tasks: TaskStore, now: int, limit: int = 100) -> int:
        return await tasks.fail_overdue(HOUR, always(after(now)), RETENTION, limit)

    async def test_a_task_fails_once_it_has_waited_for_so_long_and_not_before(
        self, opened: OpenedStore
    ):
        new = make_new()
        await opened.tasks.add(new)

        assert await self.fail(opened.tasks, 3_599_999) == 0
        assert await self.fail(opened.tasks, 3_600_000) == 1

        task = await get(opened.tasks, new.task.id)
        assert (task.status, task.failure) == (TaskStatus.FAILED, WAITED_TOO_LONG_IN_QUEUE)
        assert task.failure is not None
        assert task.failure.code == "InternalError.Timeout"
        assert (task.ended_at, task.expires_at) == (
            after(3_600_000),
            after(3_600_000) + RETENTION,
        )
        assert opened.select("SELECT status FROM outbox") == [("FAILED",)]
        assert await self.fail(opened.tasks, 9_000_000) == 0

    @pytest.mark.parametrize("priority", [-10, -1, 0, 1, 10])
    async def test_a_priority_moves_a_task_and_not_its_time(self, tasks: TaskStore, priority: int):
        new = make_new()
        await tasks.add(NewTask(task=new.task, request=b"{}", priority=priority))

        assert await self.fail(tasks, 3_599_999) == 0
        assert await self.fail(tasks, 3_600_000) == 1

    async def test_every_lane_is_looked_through_in_small_steps(self, tasks: TaskStore):
        for number in range(3):
            await tasks.add(make_new(number))
            await tasks.add(make_new(number + 10, catalogue_model=OTHER_MODEL))
            await tasks.add(make_new(number + 20, account=OTHER_ACCOUNT))
        young = make_new(3_000_000)
        await tasks.add(young)

        steps = [await self.fail(tasks, 4_000_000, limit=4) for _ in range(4)]

        assert steps == [4, 4, 1, 0]
        assert (await get(tasks, young.task.id)).status is TaskStatus.PENDING

    async def test_a_running_task_has_its_turn_and_waits_anew_from_the_end_of_its_attempt(
        self, tasks: TaskStore
    ):
        claim = await run_one(tasks)
        assert await self.fail(tasks, 5_000_000) == 0
        await tasks.give_back(claim, AttemptCause.WORKER_STOPPED, after(5_000_000), EXPIRY)

        assert await self.fail(tasks, 8_599_999) == 0
        assert await self.fail(tasks, 8_600_000) == 1

    async def test_what_has_failed_is_not_claimed_and_the_next_one_is(self, tasks: TaskStore):
        await tasks.add(make_new(0))
        await tasks.add(make_new(2_000_000))
        await self.fail(tasks, 4_000_000)

        claims = await tasks.claim(
            frozenset({MODEL}), make_lease(), 5, "sketch", always(after(4_000_001))
        )

        assert [claim.task.submitted_at for claim in claims] == [after(2_000_000)]
