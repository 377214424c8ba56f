"""Quick tasks are claimed before a process is free: none is lost, held up or run twice by that."""

import asyncio

from kaiga.domain.tasks import AttemptCause, TaskStatus
from kaiga.worker.supervisor import Supervisor
from worker.workshop import Workshop, at_work, wait_until

QUICK_SECONDS = 0.001


def pretend_quick(supervisor: Supervisor) -> None:
    """Have a supervisor believe that its engines have been quick of late."""
    for _ in range(40):
        supervisor._pool.note_batch(QUICK_SECONDS)


async def read_attempts(workshop: Workshop) -> list[tuple[object, ...]]:
    return await workshop.database.lists.read(
        lambda connection: connection.execute(
            "SELECT attempt, cause, count(*) FROM attempts GROUP BY attempt, cause"
        ).fetchall()
    )


async def count_status(workshop: Workshop, status: TaskStatus) -> int:
    rows = await workshop.database.lists.read(
        lambda connection: connection.execute(
            "SELECT count(*) FROM tasks WHERE status = ?", (status.value,)
        ).fetchall()
    )
    return int(str(rows[0][0]))


async def wait_for_count(workshop: Workshop, status: TaskStatus, number: int) -> None:
    async def is_there() -> bool:
        return await count_status(workshop, status) == number

    await wait_until(is_there)


async def test_quick_tasks_are_claimed_many_at_once_and_each_runs_once(workshop: Workshop):
    await asyncio.gather(*(workshop.add("fail") for _ in range(300)))

    async with at_work(workshop.build()):
        await wait_for_count(workshop, TaskStatus.FAILED, 300)

    assert workshop.store.largest_claim > 2
    assert await read_attempts(workshop) == [(1, None, 300)]


async def test_after_a_slow_task_no_more_is_claimed_than_can_start(workshop: Workshop):
    supervisor = workshop.build(slots=2)
    pretend_quick(supervisor)
    quick = supervisor._pool.count_most_turns()

    supervisor._pool.note_batch(10.0)

    assert quick > 2
    assert supervisor._pool.count_most_turns() == 2


async def test_a_slow_task_holds_up_none_of_those_claimed_with_it(workshop: Workshop):
    slow = await workshop.add("walk")
    quick = [await workshop.add("fail") for _ in range(10)]
    supervisor = workshop.build(grace=0.0)
    pretend_quick(supervisor)

    async with at_work(supervisor):
        for task_id in quick:
            await workshop.wait_for(task_id, TaskStatus.FAILED)

        assert (await workshop.get(slow)).status is TaskStatus.RUNNING


async def test_a_task_that_waits_for_an_engine_is_canceled_at_once(workshop: Workshop):
    await workshop.add("walk")
    ahead = await workshop.add("walk")
    supervisor = workshop.build(slots=1, grace=0.0)
    pretend_quick(supervisor)

    async with at_work(supervisor):
        await workshop.wait_for(ahead, TaskStatus.RUNNING)
        await workshop.request_cancel(ahead)
        await workshop.wait_for(ahead, TaskStatus.CANCELED)
        running = await count_status(workshop, TaskStatus.RUNNING)

    assert running == 1


async def test_what_waits_for_too_long_is_given_back_and_not_claimed_again_meanwhile(
    workshop: Workshop,
):
    slow = await workshop.add("walk")
    ahead = await workshop.add("fail")
    supervisor = workshop.build(slots=1, grace=0.0)
    pretend_quick(supervisor)

    async with at_work(supervisor):
        await workshop.wait_for(ahead, TaskStatus.RUNNING)
        await workshop.wait_for(ahead, TaskStatus.PENDING)
        await asyncio.sleep(1.5)  # past the supervisor's next look for waiting tasks
        causes = await workshop.read_causes(ahead)
        await workshop.request_cancel(slow)
        await workshop.wait_for(ahead, TaskStatus.FAILED)

    assert causes == [AttemptCause.WORKER_STOPPED]


async def test_a_stop_gives_back_what_was_claimed_ahead(workshop: Workshop):
    for _ in range(5):
        await workshop.add("walk")
    supervisor = workshop.build(slots=1, grace=0.0)
    pretend_quick(supervisor)

    async with at_work(supervisor):
        await wait_for_count(workshop, TaskStatus.RUNNING, 5)

    assert await count_status(workshop, TaskStatus.PENDING) == 5
    assert await read_attempts(workshop) == [(1, "worker_stopped", 5)]


async def test_an_engine_that_crashes_costs_only_its_own_task_an_attempt(workshop: Workshop):
    bad = await workshop.add("crash")
    for _ in range(20):
        await workshop.add("fail")
    supervisor = workshop.build(slots=1)
    pretend_quick(supervisor)

    async with at_work(supervisor):
        await wait_for_count(workshop, TaskStatus.FAILED, 21)

    assert await workshop.read_causes(bad) == [AttemptCause.ENGINE_CRASHED] * 3
    assert [row for row in await read_attempts(workshop) if row[1] is None] == [(1, None, 20)]


async def test_leases_of_what_waits_for_an_engine_are_renewed_too(workshop: Workshop):
    for _ in range(3):
        await workshop.add("walk")
    supervisor = workshop.build(slots=1, lease_seconds=0.3, grace=0.0)
    pretend_quick(supervisor)

    async with at_work(supervisor):
        await wait_for_count(workshop, TaskStatus.RUNNING, 3)
        workshop.lease_clock.at = 0.2

        async def are_renewed() -> bool:
            rows = await workshop.database.lists.read(
                lambda connection: connection.execute(
                    "SELECT min(lease_deadline) FROM tasks WHERE status = 'RUNNING'"
                ).fetchall()
            )
            return isinstance(rows[0][0], float) and rows[0][0] > 0.4

        await wait_until(are_renewed)


class TestSlots:
    async def test_who_waited_first_has_the_process_first(self, workshop: Workshop):
        slots = workshop.build(slots=1)._pool
        slot = await slots.take()
        order: list[str] = []

        async def wait(name: str) -> None:
            slots.give(await slots.take())
            order.append(name)

        waiting = [asyncio.create_task(wait(name)) for name in ("first", "second")]
        await asyncio.sleep(0)
        slots.give(slot)
        await asyncio.gather(*waiting)

        assert order == ["first", "second"]

    async def test_a_process_given_to_one_who_has_just_gone_reaches_the_next(
        self, workshop: Workshop
    ):
        slots = workshop.build(slots=1)._pool
        slot = await slots.take()
        gone = asyncio.create_task(slots.take())
        patient = asyncio.create_task(slots.take())
        await asyncio.sleep(0)

        slots.give(slot)
        gone.cancel()

        assert await patient is slot
