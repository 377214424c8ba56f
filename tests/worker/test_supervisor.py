"""The supervisor over a real store and real children: what it claims, keeps and gives back."""

from datetime import timedelta

from domain.samples import ACCOUNT, MODEL, OTHER_MODEL, REGION, RETENTION, START, always
from kaiga.domain.lifetimes import RAN_TOO_LONG
from kaiga.domain.tasks import AttemptCause, Lease, TaskStatus
from kaiga.service.standing.task_progress import TaskProgress
from worker.workshop import Workshop, at_work, wait_until, wait_until_at, wait_until_walking


async def test_waiting_tasks_are_run_and_then_the_next_ones(workshop: Workshop):
    task_ids = [await workshop.add("fail") for _ in range(5)]

    async with at_work(workshop.build()):
        late = await workshop.add("fail")
        for task_id in [*task_ids, late]:
            task = await workshop.wait_for(task_id, TaskStatus.FAILED)
            assert task.failure is not None
            assert task.failure.code == "DataInspectionFailed"

    assert workshop.store.largest_claim <= 2


async def test_a_task_that_finds_a_process_idle_is_claimed_in_the_commit_that_records_it(
    workshop: Workshop,
):
    commits: list[int] = []
    workshop.database.writer.on_commit(lambda writes, _: commits.append(writes))
    largest: list[int] = []

    async with at_work(workshop.build(slots=1)):
        for _ in range(5):
            await wait_until(workshop.has_claimed_in_vain)
            commits.clear()
            task_id = await workshop.add("fail")
            largest.append(max(commits))
            await workshop.wait_for(task_id, TaskStatus.FAILED)

    # four of five: one may have come while the supervisor looked for tasks of its own accord
    assert sum(writes >= 2 for writes in largest) >= 4


async def test_no_more_is_claimed_than_can_start_and_no_other_lane(workshop: Workshop):
    first, second, third = [await workshop.add("hang") for _ in range(3)]
    other = await workshop.add("fail", OTHER_MODEL)
    supervisor = workshop.build(grace=0.0)

    async with at_work(supervisor):
        for task_id in (first, second):
            await workshop.wait_for(task_id, TaskStatus.RUNNING)
        assert supervisor.running == 2
        assert (await workshop.get(third)).status is TaskStatus.PENDING
        assert (await workshop.get(other)).status is TaskStatus.PENDING


async def test_a_stop_gives_running_tasks_back_and_ends_the_children(workshop: Workshop):
    task_id = await workshop.add("hang")
    async with at_work(workshop.build(slots=1, grace=0.0)):
        await workshop.wait_for(task_id, TaskStatus.RUNNING)

    task = await workshop.get(task_id)

    assert (task.status, task.attempt) == (TaskStatus.PENDING, 1)
    assert [slot.process_id for slot in workshop.slots] == [None]


async def test_an_engine_that_keeps_crashing_fails_its_task_and_no_other(workshop: Workshop):
    bad, good = await workshop.add("crash"), await workshop.add("fail")

    async with at_work(workshop.build(slots=1)):
        task = await workshop.wait_for(bad, TaskStatus.FAILED)
        await workshop.wait_for(good, TaskStatus.FAILED)

    assert task.attempt == 3
    assert task.failure is not None
    assert task.failure.code == "InternalError.Algo"


async def test_an_engine_that_keeps_hanging_fails_its_task_and_the_queue_goes_on(
    workshop: Workshop,
):
    bad, good = await workshop.add("hang"), await workshop.add("fail")

    async with at_work(workshop.build(slots=1, longest_silence_seconds=1.5)):
        task = await workshop.wait_for(bad, TaskStatus.FAILED)
        await workshop.wait_for(good, TaskStatus.FAILED)

    assert task.failure is not None
    assert task.failure.code == "InternalError.Algo"
    assert await workshop.read_causes(bad) == [AttemptCause.ENGINE_HUNG] * 3


async def test_a_run_that_takes_too_long_ends_at_once_with_its_child_and_the_queue_goes_on(
    workshop: Workshop,
):
    bad, good = await workshop.add("walk"), await workshop.add("fail")

    async with at_work(workshop.build(slots=1, longest_run=timedelta(seconds=1.5))):
        task = await workshop.wait_for(bad, TaskStatus.FAILED)
        await workshop.wait_for(good, TaskStatus.FAILED)

    assert task.failure == RAN_TOO_LONG
    assert await workshop.read_causes(bad) == [None]


async def test_a_running_task_is_canceled_at_its_next_step_and_its_child_goes_on(
    workshop: Workshop,
):
    progress = TaskProgress(workshop.store)
    bad, good = await workshop.add("walk"), await workshop.add("fail")

    async with at_work(workshop.build(slots=1, progress=progress)):
        await wait_until_walking(progress, bad)
        child = workshop.slots[0].process_id
        assert await workshop.request_cancel(bad) is TaskStatus.RUNNING
        task = await workshop.wait_for(bad, TaskStatus.CANCELED)
        await workshop.wait_for(good, TaskStatus.FAILED)

        assert workshop.slots[0].process_id == child is not None
    assert (task.ended_at, task.results, task.usage) == (START, (), None)
    assert await workshop.read_causes(bad) == [None]


async def test_an_engine_that_takes_no_step_within_the_grace_of_a_cancel_is_killed(
    workshop: Workshop,
):
    bad, good = await workshop.add("hang"), await workshop.add("fail")
    progress = TaskProgress(workshop.store)
    changes = {"progress": progress, "stop_grace": timedelta(seconds=0.1)}

    async with at_work(workshop.build(slots=1, **changes)):
        await wait_until_at(progress, bad, "generate")
        child = workshop.slots[0].process_id
        await workshop.request_cancel(bad)
        await workshop.wait_for(bad, TaskStatus.CANCELED)
        await workshop.wait_for(good, TaskStatus.FAILED)

        assert workshop.slots[0].process_id not in {None, child}


async def test_a_stop_of_the_worker_while_a_task_is_canceled_does_not_run_it_again(
    workshop: Workshop,
):
    task_id = await workshop.add("hang")
    progress = TaskProgress(workshop.store)
    async with at_work(workshop.build(slots=1, grace=0.0, progress=progress)):
        await wait_until_at(progress, task_id, "generate")
        await workshop.request_cancel(task_id)
        await wait_until_at(progress, task_id, "canceling")

    task = await workshop.get(task_id)

    assert task.status is TaskStatus.CANCELED
    assert await workshop.read_causes(task_id) == [AttemptCause.WORKER_STOPPED]


async def test_a_lease_is_renewed_for_as_long_as_its_task_runs(workshop: Workshop):
    task_id = await workshop.add("hang")
    async with at_work(workshop.build(slots=1, lease_seconds=0.3, grace=0.0)):
        await workshop.wait_for(task_id, TaskStatus.RUNNING)
        for moment in (0.2, 0.4, 0.6, 0.8):  # four leases end to end, each renewed in time
            workshop.lease_clock.at = moment
            await wait_until_renewed(workshop, moment + 0.3)

        assert (await workshop.get(task_id)).attempt == 1


async def wait_until_renewed(workshop: Workshop, deadline: float) -> None:
    async def is_renewed() -> bool:
        rows = await workshop.database.lists.read(
            lambda connection: connection.execute("SELECT lease_deadline FROM tasks").fetchall()
        )
        return isinstance(rows[0][0], float) and rows[0][0] >= deadline - 1e-9

    await wait_until(is_renewed)


async def test_a_task_lost_to_somebody_else_is_abandoned(workshop: Workshop):
    task_id = await workshop.add("hang")
    supervisor = workshop.build(slots=1, lease_seconds=0.3, grace=0.0)
    async with at_work(supervisor):
        await workshop.wait_for(task_id, TaskStatus.RUNNING)
        await workshop.store.recover(float("inf"), always(START), RETENTION)
        assert await workshop.store.cancel(ACCOUNT, REGION, task_id, START, START + RETENTION)

        async def is_idle() -> bool:
            return supervisor.running == 0

        await wait_until(is_idle)
        assert (await workshop.get(task_id)).status is TaskStatus.CANCELED


async def test_what_ran_before_a_start_is_taken_over(workshop: Workshop):
    task_id = await workshop.add("fail")
    await workshop.store.claim(
        frozenset({MODEL}),
        Lease(worker=workshop.build().worker_id, deadline=1e12),
        1,
        "odd",
        always(START),
    )
    supervisor = workshop.build()

    await supervisor.take_over()
    async with at_work(supervisor):
        task = await workshop.wait_for(task_id, TaskStatus.FAILED)

    assert task.attempt == 2


async def test_a_bug_in_a_claim_does_not_end_the_work(workshop: Workshop):
    workshop.store.bugs = 1
    task_id = await workshop.add("fail")

    async with at_work(workshop.build()):
        await workshop.wait_for(task_id, TaskStatus.FAILED)
