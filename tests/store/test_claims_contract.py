"""The port `TaskStore`, 2: claims, leases, and how attempts and tasks end."""

import asyncio
from collections import Counter

import pytest

from domain.samples import (
    ACCOUNT,
    MODEL,
    MODERATED,
    OTHER_MODEL,
    OTHER_WORKER,
    REGION,
    WORKER,
    after,
    always,
    make_claim,
    make_failed,
    make_lease,
    make_new,
    make_result,
    make_success,
)
from kaiga.domain.errors import LeaseLost
from kaiga.domain.ids import TaskId, WorkerId
from kaiga.domain.lifetimes import USUAL_RETRIES, count_tries, failure_after
from kaiga.domain.tasks import (
    CANCELED,
    AttemptCause,
    Claim,
    Failure,
    Lease,
    Task,
    TaskStatus,
    make_outcome,
)
from kaiga.ports.task_store import TaskStore
from store.opened import OpenedStore

TRIES = {cause: count_tries(cause, USUAL_RETRIES) for cause in AttemptCause}
LIMITED = {cause: tries for cause, tries in TRIES.items() if tries is not None}
MODELS = frozenset({MODEL})
EXPIRY = after(86_400_000)


async def add(tasks: TaskStore, *numbers: int, model: str = MODEL, count: int = 1) -> None:
    for number in numbers:
        await tasks.add(make_new(number, catalogue_model=model, count=count))


async def claim(
    tasks: TaskStore,
    slots: int = 1,
    *,
    lease: Lease | None = None,
    models: frozenset[str] = MODELS,
    now: int = 1000,
) -> list[Claim]:
    return list(
        await tasks.claim(models, lease or make_lease(), slots, "sketch", always(after(now)))
    )


async def claim_one(tasks: TaskStore) -> Claim:
    await add(tasks, 0)
    [claimed] = await claim(tasks)
    return claimed


async def get(tasks: TaskStore, task_id: TaskId) -> Task:
    task = await tasks.find(task_id)
    assert task is not None
    return task


async def end_attempts(tasks: TaskStore, cause: AttemptCause, times: int) -> Task:
    """Claim and give back the only task so often."""
    task_id = TaskId("")
    for number in range(times):
        [claimed] = await claim(tasks, now=1000 + number)
        task_id = claimed.task.id
        await tasks.give_back(claimed, cause, after(2000 + number), EXPIRY)
    return await get(tasks, task_id)


class TestClaim:
    async def test_a_claim_sets_running_and_says_who_since_when_and_which_attempt(
        self, opened: OpenedStore
    ):
        await add(opened.tasks, 0)

        [claimed] = await claim(opened.tasks, now=1500)

        task = await get(opened.tasks, claimed.task.id)
        assert claimed == Claim(task=task, worker=WORKER)
        assert task.status is TaskStatus.RUNNING
        assert task.attempt == 1
        assert task.scheduled_at == after(1500)
        assert task.engine == "sketch"
        assert task.generation == make_new(0).task.generation
        assert opened.select("SELECT task_id, attempt, worker, engine, cause FROM attempts") == [
            (task.id, 1, WORKER, "sketch", None)
        ]

    async def test_nothing_waiting_gives_nothing(self, tasks: TaskStore):
        assert await claim(tasks, 5) == []

    async def test_the_oldest_come_first_also_across_lanes(self, tasks: TaskStore):
        await add(tasks, 3, 1)
        await add(tasks, 2, 0, model=OTHER_MODEL)

        both = frozenset({MODEL, OTHER_MODEL})
        first = await claim(tasks, 3, models=both)
        then = await claim(tasks, 3, models=both)

        assert [each.task.submitted_at for each in first] == [after(0), after(1), after(2)]
        assert [each.task.submitted_at for each in then] == [after(3)]

    async def test_only_the_lanes_asked_for_are_claimed(self, tasks: TaskStore):
        await add(tasks, 0, model=OTHER_MODEL)
        await add(tasks, 1)

        assert [each.task.catalogue_model for each in await claim(tasks, 5)] == [MODEL]
        assert await claim(tasks, 5, models=frozenset()) == []
        assert await claim(tasks, 5, models=frozenset({"none"})) == []

    @pytest.mark.parametrize("slots", [0, 1, 2, 3])
    async def test_never_more_than_the_free_slots(self, tasks: TaskStore, slots: int):
        await add(tasks, 0, 1, 2, 3)
        await add(tasks, 4, 5, model=OTHER_MODEL)

        claimed = await claim(tasks, slots, models=frozenset({MODEL, OTHER_MODEL}))

        assert len(claimed) == slots

    async def test_a_running_task_is_not_claimed_again_even_after_its_lease(self, tasks: TaskStore):
        await add(tasks, 0)
        await claim(tasks, lease=make_lease(deadline=-1.0))

        assert await claim(tasks, 5, lease=make_lease(OTHER_WORKER)) == []

    async def test_no_two_workers_ever_receive_the_same_task(self, tasks: TaskStore):
        await asyncio.gather(*(tasks.add(make_new(number)) for number in range(150)))

        async def work(worker: int) -> list[TaskId]:
            lease = make_lease(WorkerId(f"worker-{worker}"))
            held: list[TaskId] = []
            while claims := await claim(tasks, 1 + worker % 7, lease=lease):
                assert len(claims) <= 1 + worker % 7
                held += [each.task.id for each in claims]
            return held

        held = [task_id for ids in await asyncio.gather(*map(work, range(20))) for task_id in ids]

        assert len(held) == 150
        assert set(Counter(held).values()) == {1}


class TestRenew:
    async def test_a_held_claim_is_told_and_its_deadline_moves(self, tasks: TaskStore):
        claimed = await claim_one(tasks)

        held = await tasks.renew([claimed], make_lease(deadline=500.0))

        assert held == frozenset({(claimed.task.id, 1)})
        assert await tasks.recover(499.0, always(after(9000)), EXPIRY - after(9000)) == 0
        assert await tasks.recover(500.0, always(after(9000)), EXPIRY - after(9000)) == 1

    async def test_nothing_to_renew_gives_nothing(self, tasks: TaskStore):
        assert await tasks.renew([], make_lease()) == frozenset()

    async def test_what_is_lost_is_missing_from_the_answer(self, tasks: TaskStore):
        await add(tasks, 0, 1, 2, 3, 4)
        held, ended, given_back, reclaimed, foreign = await claim(tasks, 5)
        await tasks.finish(ended, make_success(ended), after(2000), EXPIRY)
        for each in (given_back, reclaimed):
            await tasks.give_back(each, AttemptCause.ENGINE_CRASHED, after(2000), EXPIRY)
        await tasks.cancel(ACCOUNT, REGION, given_back.task.id, after(2001), EXPIRY)
        [again] = await claim(tasks)
        assert again.task.id == reclaimed.task.id

        asked = [held, ended, given_back, reclaimed]
        renewed = await tasks.renew(asked, make_lease(deadline=500.0))
        stolen = await tasks.renew([foreign], make_lease(OTHER_WORKER, deadline=500.0))

        assert renewed == frozenset({(held.task.id, 1)})
        assert stolen == frozenset()
        assert (
            await tasks.recover(100.0, always(after(9000)), EXPIRY - after(9000)) == 2
        )  # `again` and `foreign`


class TestFinish:
    async def test_a_finish_publishes_status_results_usage_and_notice(self, opened: OpenedStore):
        tasks = opened.tasks
        await add(tasks, 0, count=3)
        [claimed] = await claim(tasks)
        results = (make_result(claimed.task, 0), MODERATED, make_result(claimed.task, 2))

        await tasks.finish(
            claimed, make_outcome(results, {"image_count": 2}, "longer"), after(3000), EXPIRY
        )

        task = await get(tasks, claimed.task.id)
        assert task.status is TaskStatus.SUCCEEDED
        assert task.results == results
        assert task.usage == {"image_count": 2}
        assert task.actual_prompt == "longer"
        assert task.failure is None
        assert (task.ended_at, task.expires_at) == (after(3000), EXPIRY)
        assert (task.attempt, task.scheduled_at) == (1, after(1000))
        assert opened.select("SELECT task_id, usage FROM usage_ledger") == [
            (task.id, b'{"image_count":2}')
        ]
        assert opened.select("SELECT task_id, status FROM outbox") == [(task.id, "SUCCEEDED")]
        assert opened.select("SELECT cause, ended_ms - claimed_ms FROM attempts") == [(None, 2000)]

    async def test_more_than_ten_results_keep_their_order(self, tasks: TaskStore):
        await add(tasks, 0, count=12)
        [claimed] = await claim(tasks)

        await tasks.finish(claimed, make_success(claimed), after(3000), EXPIRY)

        assert (await get(tasks, claimed.task.id)).results == make_success(claimed).results

    async def test_a_task_without_a_good_picture_fails_and_bills_nothing(self, opened: OpenedStore):
        tasks = opened.tasks
        claimed = await claim_one(tasks)

        await tasks.finish(claimed, make_outcome((MODERATED,), {}, None), after(3000), EXPIRY)

        task = await get(tasks, claimed.task.id)
        assert (task.status, task.failure) == (TaskStatus.FAILED, MODERATED)
        assert task.results == (MODERATED,)
        assert task.usage is None
        assert opened.select("SELECT task_id FROM usage_ledger") == []
        assert opened.select("SELECT status FROM outbox") == [("FAILED",)]

    async def test_a_second_finish_is_refused_and_changes_nothing(self, opened: OpenedStore):
        tasks = opened.tasks
        claimed = await claim_one(tasks)
        await tasks.finish(claimed, make_success(claimed), after(3000), EXPIRY)
        ended = await get(tasks, claimed.task.id)

        with pytest.raises(LeaseLost):
            await tasks.finish(claimed, make_outcome((MODERATED,), {}, None), after(4000), EXPIRY)

        assert await get(tasks, claimed.task.id) == ended
        assert opened.select("SELECT count(*) FROM usage_ledger") == [(1,)]
        assert opened.select("SELECT count(*) FROM outbox") == [(1,)]
        assert opened.select("SELECT count(*) FROM results") == [(1,)]

    @pytest.mark.parametrize("has_results", [True, False], ids=["results", "no results"])
    async def test_of_many_finishes_at_once_one_publishes(
        self, opened: OpenedStore, has_results: bool
    ):
        claimed = await claim_one(opened.tasks)
        outcome = make_success(claimed) if has_results else CANCELED

        ends = await asyncio.gather(
            *(opened.tasks.finish(claimed, outcome, after(3000 + n), EXPIRY) for n in range(8)),
            return_exceptions=True,
        )

        assert sum(end is None for end in ends) == 1
        assert sum(isinstance(end, LeaseLost) for end in ends) == 7
        assert (await get(opened.tasks, claimed.task.id)).ended_at == after(3000)
        assert opened.select("SELECT count(*) FROM usage_ledger") == [(int(has_results),)]

    async def test_of_many_ends_at_once_each_is_its_own_task_s(self, opened: OpenedStore):
        tasks = opened.tasks
        await add(tasks, *range(150))
        claims = await claim(tasks, 150)
        lost = claims[40]
        await tasks.give_back(lost, AttemptCause.WORKER_STOPPED, after(2000), EXPIRY)

        ends = await asyncio.gather(
            *(
                tasks.finish(each, make_success(each, f"no. \x00{n}"), after(3000 + n), EXPIRY)
                for n, each in enumerate(claims)
            ),
            return_exceptions=True,
        )

        assert [type(end) for end in ends if end is not None] == [LeaseLost]
        assert (await get(tasks, lost.task.id)).status is TaskStatus.PENDING
        for n, each in enumerate(claims):
            if each is not lost:
                task = await get(tasks, each.task.id)
                expected = make_success(each, f"no. \x00{n}")
                assert (task.status, task.results) == (expected.status, expected.results)
                assert (task.usage, task.actual_prompt) == (expected.usage, expected.actual_prompt)
                assert task.ended_at == after(3000 + n)
        counted = "SELECT count(*), count(DISTINCT task_id) FROM"
        assert opened.select(f"{counted} usage_ledger") == [(149, 149)]
        assert opened.select(f"{counted} attempts WHERE ended_ms IS NOT NULL") == [(150, 150)]
        assert opened.select(f"{counted} attempts WHERE cause IS NULL") == [(149, 149)]

    async def test_a_late_attempt_is_refused_and_the_new_one_goes_on(self, opened: OpenedStore):
        tasks = opened.tasks
        late = await claim_one(tasks)
        await tasks.recover(100.0, always(after(2000)), EXPIRY - after(2000))
        [current] = await claim(tasks, lease=make_lease(OTHER_WORKER))
        assert current.task.attempt == 2

        with pytest.raises(LeaseLost):
            await tasks.finish(late, make_success(late), after(3000), EXPIRY)
        with pytest.raises(LeaseLost):
            await tasks.give_back(late, AttemptCause.ENGINE_CRASHED, after(3000), EXPIRY)

        assert await get(tasks, late.task.id) == current.task
        assert opened.select("SELECT count(*) FROM results") == [(0,)]
        await tasks.finish(current, make_success(current), after(4000), EXPIRY)
        assert (await get(tasks, late.task.id)).results == make_success(current).results

    async def test_a_task_that_waits_again_is_not_finished_by_its_last_attempt(
        self, tasks: TaskStore
    ):
        late = await claim_one(tasks)
        await tasks.recover(100.0, always(after(2000)), EXPIRY - after(2000))

        with pytest.raises(LeaseLost):
            await tasks.finish(late, make_success(late), after(3000), EXPIRY)

        assert (await get(tasks, late.task.id)).status is TaskStatus.PENDING

    async def test_a_task_that_was_never_there_is_lost(self, tasks: TaskStore):
        stranger = make_claim(make_new(7).task, attempt=1)

        with pytest.raises(LeaseLost):
            await tasks.finish(stranger, make_success(stranger), after(3000), EXPIRY)
        with pytest.raises(LeaseLost):
            await tasks.give_back(stranger, AttemptCause.WORKER_LOST, after(3000), EXPIRY)


class TestGiveBack:
    @pytest.mark.parametrize("cause", AttemptCause)
    async def test_a_task_given_back_waits_again_as_if_never_scheduled(
        self, opened: OpenedStore, cause: AttemptCause
    ):
        claimed = await claim_one(opened.tasks)

        await opened.tasks.give_back(claimed, cause, after(2000), EXPIRY)

        task = await get(opened.tasks, claimed.task.id)
        assert task.status is TaskStatus.PENDING
        assert (task.scheduled_at, task.ended_at, task.expires_at) == (None, None, None)
        assert task.attempt == 1
        assert opened.select("SELECT cause FROM attempts") == [(cause.value,)]
        assert opened.select("SELECT task_id FROM outbox") == []

    async def test_a_task_given_back_is_claimed_before_younger_ones(self, tasks: TaskStore):
        claimed = await claim_one(tasks)
        await add(tasks, 1)
        await tasks.give_back(claimed, AttemptCause.WORKER_STOPPED, after(2000), EXPIRY)

        [again] = await claim(tasks)

        assert (again.task.id, again.task.attempt) == (claimed.task.id, 2)

    @pytest.mark.parametrize("cause", LIMITED)
    async def test_the_last_try_fails_the_task_with_the_words_of_its_cause(
        self, opened: OpenedStore, cause: AttemptCause
    ):
        tasks = opened.tasks
        await add(tasks, 0)

        before = await end_attempts(tasks, cause, LIMITED[cause] - 1)
        last = await end_attempts(tasks, cause, 1)

        assert before.status is TaskStatus.PENDING
        assert last.status is TaskStatus.FAILED
        assert last.failure == failure_after(cause)
        assert (last.ended_at, last.expires_at) == (after(2000), EXPIRY)
        assert last.attempt == LIMITED[cause]
        assert await claim(tasks, 5) == []
        assert opened.select("SELECT status FROM outbox") == [("FAILED",)]
        assert opened.select("SELECT task_id FROM usage_ledger") == []

    async def test_each_cause_has_tries_of_its_own(self, tasks: TaskStore):
        await add(tasks, 0)
        await end_attempts(tasks, AttemptCause.ENGINE_CRASHED, 2)
        await end_attempts(tasks, AttemptCause.OBJECTS_UNAVAILABLE, 5)

        await end_attempts(tasks, AttemptCause.ENGINE_HUNG, 2)
        task = await end_attempts(tasks, AttemptCause.WORKER_LOST, 2)

        assert task.status is TaskStatus.PENDING
        task = await end_attempts(tasks, AttemptCause.ENGINE_CRASHED, 1)
        assert task.status is TaskStatus.FAILED

    async def test_a_worker_stopped_on_purpose_never_ends_a_task(self, tasks: TaskStore):
        await add(tasks, 0)

        task = await end_attempts(tasks, AttemptCause.WORKER_STOPPED, 30)

        assert (task.status, task.attempt) == (TaskStatus.PENDING, 30)

    async def test_a_second_give_back_is_refused_and_costs_no_try(self, opened: OpenedStore):
        claimed = await claim_one(opened.tasks)
        cause = AttemptCause.ENGINE_CRASHED
        await opened.tasks.give_back(claimed, cause, after(2000), EXPIRY)

        with pytest.raises(LeaseLost):
            await opened.tasks.give_back(claimed, cause, after(2001), EXPIRY)

        assert opened.select("SELECT count(*), max(ended_ms) - min(ended_ms) FROM attempts") == [
            (1, 0)
        ]


class TestRecover:
    async def test_a_lease_lapses_on_its_deadline_and_not_before(self, tasks: TaskStore):
        await add(tasks, 0)
        await claim(tasks, lease=make_lease(deadline=60.5))

        assert await tasks.recover(60.4999, always(after(5000)), EXPIRY - after(5000)) == 0
        assert await tasks.recover(60.5, always(after(5000)), EXPIRY - after(5000)) == 1
        assert await tasks.recover(60.5, always(after(5000)), EXPIRY - after(5000)) == 0

    async def test_what_is_recovered_waits_again_and_its_worker_counts_as_lost(
        self, opened: OpenedStore
    ):
        claimed = await claim_one(opened.tasks)

        await opened.tasks.recover(100.0, always(after(5000)), EXPIRY - after(5000))

        task = await get(opened.tasks, claimed.task.id)
        assert (task.status, task.attempt) == (TaskStatus.PENDING, 1)
        assert task.scheduled_at is None
        assert opened.select("SELECT cause FROM attempts") == [("worker_lost",)]

    async def test_every_lapsed_lease_is_recovered_and_no_other(self, tasks: TaskStore):
        await add(tasks, 0, 1, 2, 3)
        await claim(tasks, 2, lease=make_lease(deadline=10.0))
        held = await claim(tasks, 1, lease=make_lease(OTHER_WORKER, deadline=20.0))

        assert await tasks.recover(15.0, always(after(5000)), EXPIRY - after(5000)) == 2

        assert await get(tasks, held[0].task.id) == held[0].task
        assert len(await claim(tasks, 5)) == 3

    async def test_at_a_start_everything_that_ran_is_recovered(self, tasks: TaskStore):
        await add(tasks, 0, 1)
        await claim(tasks, 2, lease=make_lease(deadline=1e12))

        assert await tasks.recover(float("inf"), always(after(5000)), EXPIRY - after(5000)) == 2

    async def test_ended_and_waiting_tasks_are_left_alone(self, tasks: TaskStore):
        claimed = await claim_one(tasks)
        await tasks.finish(claimed, make_success(claimed), after(2000), EXPIRY)
        await add(tasks, 1)
        await tasks.add(make_failed(2))

        assert await tasks.recover(float("inf"), always(after(5000)), EXPIRY - after(5000)) == 0

    async def test_a_task_whose_workers_keep_dying_fails_in_the_end(self, opened: OpenedStore):
        tasks = opened.tasks
        await add(tasks, 0)
        for _ in range(LIMITED[AttemptCause.WORKER_LOST]):
            [claimed] = await claim(tasks)
            assert await tasks.recover(100.0, always(after(5000)), EXPIRY - after(5000)) == 1

        task = await get(tasks, claimed.task.id)
        assert task.status is TaskStatus.FAILED
        assert isinstance(task.failure, Failure)
        assert task.expires_at == EXPIRY
        assert opened.select("SELECT status FROM outbox") == [("FAILED",)]
