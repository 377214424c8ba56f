"""The port `TaskStore`, 5: whose task is next, how many may wait or run, and repeated creates."""

import asyncio
from collections import Counter

import pytest

from domain.samples import (
    ACCOUNT,
    MODEL,
    OTHER_ACCOUNT,
    OTHER_MODEL,
    REGION,
    after,
    always,
    make_lease,
    make_new,
    make_success,
)
from kaiga.domain.errors import QueueFull, SubmittedBefore
from kaiga.domain.ids import Lane, WorkspaceId
from kaiga.domain.tasks import AttemptCause, Claim, IdempotencyMark, NewTask
from kaiga.ports.task_store import TaskStore
from store.opened import OpenedStore

LANE = Lane(ACCOUNT, MODEL)
EXPIRY = after(86_400_000)
WORKSPACE = WorkspaceId("ws-default")


async def claim(tasks: TaskStore, slots: int = 1) -> list[Claim]:
    models = frozenset({MODEL, OTHER_MODEL})
    return list(await tasks.claim(models, make_lease(), slots, "sketch", always(after(9000))))


async def finish(tasks: TaskStore, claimed: Claim) -> None:
    await tasks.finish(claimed, make_success(claimed), after(9500), EXPIRY)


def mark(key: str = "a", body: bytes = b"1", lives: int = 1000) -> IdempotencyMark:
    return IdempotencyMark(key=key, body_digest=body, expires_at=after(lives))


class TestShares:
    async def test_a_flood_of_one_account_delays_another_s_task_by_one_task_a_worker(
        self, opened: OpenedStore
    ):
        tasks = opened.tasks
        await asyncio.gather(*(tasks.add(make_new(number)) for number in range(1000)))
        running = await claim(tasks, 2)

        await tasks.add(make_new(5000, account=OTHER_ACCOUNT))

        await finish(tasks, running[0])
        assert [each.task.account for each in await claim(tasks)] == [OTHER_ACCOUNT]

    async def test_weights_are_shares_of_work(self, opened: OpenedStore):
        opened.policy.weights[OTHER_ACCOUNT] = 2.0
        for number in range(40):
            await opened.tasks.add(make_new(number, work=5.0))
            await opened.tasks.add(make_new(1000 + number, account=OTHER_ACCOUNT, work=5.0))

        claimed = await claim(opened.tasks, 30)

        assert Counter(each.task.account for each in claimed) == {ACCOUNT: 10, OTHER_ACCOUNT: 20}

    async def test_a_claim_that_was_undone_takes_no_room_and_no_turn(self, opened: OpenedStore):
        opened.policy.limits[LANE] = 10
        for number in range(10):
            await opened.tasks.add(make_new(number))
            await opened.tasks.add(make_new(1000 + number, account=OTHER_ACCOUNT))

        def fail(_: object) -> object:
            raise RuntimeError("a calendar with a bug")

        for _ in range(3):
            with pytest.raises(RuntimeError):
                await opened.tasks.claim(frozenset({MODEL}), make_lease(), 5, "e", fail)  # type: ignore[arg-type]

        claimed = [each for _ in range(20) for each in await claim(opened.tasks)]
        assert len({each.task.id for each in claimed}) == 20
        assert Counter(each.task.account for each in claimed[:10]) == {ACCOUNT: 5, OTHER_ACCOUNT: 5}


class TestPriority:
    async def test_each_step_of_priority_is_worth_ten_minutes_of_waiting(self, tasks: TaskStore):
        minute = 60_000
        for number, priority in ((0, 0), (11 * minute, 1), (9 * minute, 1), (1, -1)):
            await tasks.add(make_new(number, priority=priority))

        claimed = await claim(tasks, 4)

        assert [each.task.submitted_at for each in claimed] == [
            after(9 * minute),
            after(0),
            after(11 * minute),
            after(1),
        ]

    async def test_priority_moves_nobody_ahead_of_another_account(self, tasks: TaskStore):
        for number in range(6):
            await tasks.add(make_new(number, priority=10))
        for number in range(6):
            await tasks.add(make_new(100 + number, account=OTHER_ACCOUNT))

        claimed = await claim(tasks, 6)

        assert Counter(each.task.account for each in claimed) == {ACCOUNT: 3, OTHER_ACCOUNT: 3}


class TestRunningLimit:
    async def test_no_more_run_at_once_than_may(self, opened: OpenedStore):
        opened.policy.limits[LANE] = 2
        for number in range(5):
            await opened.tasks.add(make_new(number))
        await opened.tasks.add(make_new(9, catalogue_model=OTHER_MODEL))

        claimed = await claim(opened.tasks, 5)

        models = Counter(each.task.catalogue_model for each in claimed)
        assert models == {MODEL: 2, OTHER_MODEL: 1}
        assert await claim(opened.tasks, 5) == []

    @pytest.mark.parametrize("ending", ["finish", "give back", "recover"])
    async def test_a_task_that_runs_no_more_makes_room_for_one(
        self, opened: OpenedStore, ending: str
    ):
        opened.policy.limits[LANE] = 1
        tasks = opened.tasks
        await tasks.add(make_new(0))
        await tasks.add(make_new(1))
        [first] = await claim(tasks)

        match ending:
            case "finish":
                await finish(tasks, first)
            case "give back":
                await tasks.give_back(first, AttemptCause.WORKER_STOPPED, after(9500), EXPIRY)
            case _:
                await tasks.recover(1e9, always(after(9500)), EXPIRY - after(0))

        assert len(await claim(tasks, 5)) == 1

    async def test_those_who_wait_are_told_of_room_in_a_lane_that_was_full_and_of_no_other_end(
        self, opened: OpenedStore
    ):
        opened.policy.limits[LANE] = 1
        tasks = opened.tasks
        for new in (make_new(0), make_new(1), make_new(2, catalogue_model=OTHER_MODEL)):
            await tasks.add(new)
        claimed = {each.task.catalogue_model: each for each in await claim(tasks, 2)}
        told: list[str] = []
        tasks.on_waiting(lambda: told.append("room"))

        await finish(tasks, claimed[OTHER_MODEL])
        assert told == []
        await finish(tasks, claimed[MODEL])

        assert told == ["room"]
        assert len(await claim(tasks, 5)) == 1

    async def test_what_runs_counts_after_a_restart(self, opened: OpenedStore):
        opened.policy.limits[LANE] = 1
        await opened.tasks.add(make_new(0))
        await opened.tasks.add(make_new(1))
        [first] = await claim(opened.tasks)

        await opened.reopen()

        assert await claim(opened.tasks) == []
        await finish(opened.tasks, first)
        assert len(await claim(opened.tasks)) == 1

    async def test_a_raised_limit_counts_at_once(self, opened: OpenedStore):
        opened.policy.limits[LANE] = 0
        await opened.tasks.add(make_new(0))
        assert await claim(opened.tasks) == []

        opened.policy.limits[LANE], opened.policy.version = 1, 1

        assert len(await claim(opened.tasks)) == 1


class TestQueueLimit:
    async def test_a_full_queue_takes_no_more_and_records_nothing(self, opened: OpenedStore):
        opened.policy.queue_limits[LANE] = 2
        await opened.tasks.add(make_new(0))
        await opened.tasks.add(make_new(1))

        with pytest.raises(QueueFull):
            await opened.tasks.add(make_new(2))

        assert opened.select("SELECT count(*) FROM tasks") == [(2,)]
        await opened.tasks.add(make_new(3, account=OTHER_ACCOUNT))
        await opened.tasks.add(make_new(4, catalogue_model=OTHER_MODEL))

    async def test_of_many_at_once_as_many_are_taken_as_there_is_room(self, opened: OpenedStore):
        opened.policy.queue_limits[LANE] = 7

        added = await asyncio.gather(
            *(opened.tasks.add(make_new(number)) for number in range(50)), return_exceptions=True
        )

        assert [type(each) for each in added].count(QueueFull) == 43
        assert opened.select("SELECT count(*) FROM tasks") == [(7,)]

    @pytest.mark.parametrize("leaving", ["claim", "cancel"])
    async def test_a_task_that_waits_no_more_makes_room(self, opened: OpenedStore, leaving: str):
        opened.policy.queue_limits[LANE] = 1
        new = make_new(0)
        await opened.tasks.add(new)
        with pytest.raises(QueueFull):
            await opened.tasks.add(make_new(1))

        if leaving == "claim":
            await claim(opened.tasks)
        else:
            await opened.tasks.cancel(ACCOUNT, REGION, new.task.id, after(5), EXPIRY)

        await opened.tasks.add(make_new(2))
        with pytest.raises(QueueFull):
            await opened.tasks.add(make_new(3))

    async def test_a_task_that_comes_back_takes_its_place_though_the_queue_is_full(
        self, opened: OpenedStore
    ):
        opened.policy.queue_limits[LANE] = 1
        await opened.tasks.add(make_new(0))
        [first] = await claim(opened.tasks)
        await opened.tasks.add(make_new(1))

        await opened.tasks.give_back(first, AttemptCause.WORKER_STOPPED, after(9500), EXPIRY)

        await claim(opened.tasks)
        with pytest.raises(QueueFull):
            await opened.tasks.add(make_new(2))


class TestRepeats:
    async def add(self, tasks: TaskStore, number: int, mark: IdempotencyMark) -> NewTask:
        new = make_new(number, idempotency=mark)
        await tasks.add(new)
        return new

    async def test_a_key_makes_one_task(self, opened: OpenedStore):
        first = await self.add(opened.tasks, 0, mark())

        with pytest.raises(SubmittedBefore) as raised:
            await self.add(opened.tasks, 1, mark())

        assert (raised.value.task_id, raised.value.is_same) == (first.task.id, True)
        assert opened.select("SELECT count(*) FROM tasks") == [(1,)]

    async def test_a_key_with_another_body_is_told_apart(self, tasks: TaskStore):
        await self.add(tasks, 0, mark())

        with pytest.raises(SubmittedBefore) as raised:
            await self.add(tasks, 1, mark(body=b"2"))

        assert not raised.value.is_same

    async def test_of_many_with_one_key_at_once_one_is_recorded(self, opened: OpenedStore):
        added = await asyncio.gather(
            *(self.add(opened.tasks, number, mark()) for number in range(20)),
            return_exceptions=True,
        )

        [first] = [each for each in added if isinstance(each, NewTask)]
        assert opened.select("SELECT id FROM tasks") == [(first.task.id,)]
        repeats = [each for each in added if isinstance(each, SubmittedBefore)]
        assert {each.task_id for each in repeats} == {first.task.id}

    async def test_a_key_is_its_account_s_and_its_workspace_s_own(self, tasks: TaskStore):
        await self.add(tasks, 0, mark())

        await tasks.add(make_new(1, account=OTHER_ACCOUNT, idempotency=mark()))
        assert await tasks.find_submission(ACCOUNT, WorkspaceId("ws-2"), mark(), after(1)) is None

    async def test_a_key_is_found_until_its_time_is_over_and_is_then_free(self, tasks: TaskStore):
        first = await self.add(tasks, 0, mark(lives=1000))

        found = await tasks.find_submission(ACCOUNT, WORKSPACE, mark(), after(999))
        assert found is not None
        assert found.task_id == first.task.id
        assert await tasks.find_submission(ACCOUNT, WORKSPACE, mark(), after(1000)) is None
        second = await self.add(tasks, 1000, mark(lives=5000))
        found = await tasks.find_submission(ACCOUNT, WORKSPACE, mark(), after(1500))
        assert found is not None
        assert found.task_id == second.task.id

    async def test_a_task_that_found_no_room_leaves_its_key_free(self, opened: OpenedStore):
        opened.policy.queue_limits[LANE] = 0
        with pytest.raises(QueueFull):
            await self.add(opened.tasks, 0, mark())

        opened.policy.queue_limits.clear()

        await self.add(opened.tasks, 1, mark())

    async def test_a_repeat_is_known_though_the_queue_is_full(self, opened: OpenedStore):
        opened.policy.queue_limits[LANE] = 1
        await self.add(opened.tasks, 0, mark())

        with pytest.raises(SubmittedBefore):
            await self.add(opened.tasks, 1, mark())

    async def test_keys_are_forgotten_by_the_purge(self, opened: OpenedStore):
        await self.add(opened.tasks, 0, mark(lives=1000))
        await self.add(opened.tasks, 1, mark("b", lives=2000))

        await opened.tasks.purge_expired(after(1000), 100)

        assert opened.select("SELECT key FROM submissions") == [("b",)]
