"""The port `TaskStore`, 3: what is kept, what is forgotten, and who is told of changes."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from domain.samples import (
    ACCOUNT,
    MODEL,
    MODERATED,
    NO_TASK,
    REGION,
    RETENTION,
    START,
    after,
    always,
    make_failed,
    make_lease,
    make_new,
    make_success,
)
from kaiga.domain.ids import ObjectKey, TaskId
from kaiga.domain.tasks import (
    AttemptCause,
    Claim,
    IdempotencyMark,
    make_outcome,
    result_object_key,
    thumbnail_object_key,
)
from kaiga.ports.task_store import PurgedTasks, TaskStore
from store.opened import OpenedStore

MODELS = frozenset({MODEL})
EXPIRY = START + RETENTION
COUNT_ALL_OF_TASKS = """
    SELECT (SELECT count(*) FROM tasks) + (SELECT count(*) FROM results)
        + (SELECT count(*) FROM attempts) + (SELECT count(*) FROM inputs)
"""
REQUEST_OBJECT = ObjectKey("1000000000000001/a-task/request")


async def claim(tasks: TaskStore, slots: int = 1) -> Claim:
    claims = await tasks.claim(MODELS, make_lease(), slots, "sketch", always(after(1000)))
    return claims[0]


async def finish_one(tasks: TaskStore, number: int = 0, count: int = 2) -> Claim:
    await tasks.add(make_new(number, count=count, request=None, request_object=REQUEST_OBJECT))
    claimed = await claim(tasks)
    await tasks.finish(claimed, make_success(claimed), after(2000), EXPIRY)
    return claimed


class TestPurge:
    async def test_an_expired_task_is_forgotten_and_its_objects_are_given(
        self, opened: OpenedStore
    ):
        claimed = await finish_one(opened.tasks)

        purged = await opened.tasks.purge_expired(EXPIRY, 10)

        assert list(purged.task_ids) == [claimed.task.id]
        assert sorted(purged.objects) == sorted(
            [
                *(result_object_key(claimed.task, n) for n in (0, 1)),
                *(thumbnail_object_key(claimed.task, n) for n in (0, 1)),
                REQUEST_OBJECT,
            ]
        )
        assert await opened.tasks.find(claimed.task.id) is None
        assert opened.select(COUNT_ALL_OF_TASKS) == [(0,)]

    async def test_submissions_are_forgotten_when_their_time_is_over_and_tasks_stay(
        self, tasks: TaskStore
    ):
        for number in range(3):
            mark = IdempotencyMark(key=str(number), body_digest=b"", expires_at=after(number))
            await tasks.add(msgspec.structs.replace(make_new(number), idempotency=mark))

        purged = [await tasks.purge_expired(after(1), 1) for _ in range(3)]

        assert [each.submissions for each in purged] == [1, 1, 0]
        assert await tasks.find(make_new(0).task.id) is not None

    async def test_the_usage_ledger_outlives_the_purge(self, opened: OpenedStore):
        claimed = await finish_one(opened.tasks)

        await opened.tasks.purge_expired(EXPIRY, 10)

        assert opened.select("SELECT task_id, account, usage FROM usage_ledger") == [
            (claimed.task.id, ACCOUNT, b'{"image_count":2}')
        ]

    async def test_a_task_is_kept_until_its_expiry(self, tasks: TaskStore):
        claimed = await finish_one(tasks)

        purged = await tasks.purge_expired(after(86_399_999), 10)

        assert purged == PurgedTasks(task_ids=[], objects=[])
        assert await tasks.find(claimed.task.id) is not None

    async def test_an_unfinished_task_never_expires(self, tasks: TaskStore):
        await tasks.add(make_new(0))
        await tasks.add(make_new(1))
        running = await claim(tasks)

        await tasks.purge_expired(START + RETENTION * 10_000, 10)

        assert await tasks.find(running.task.id) == running.task
        assert await tasks.find(make_new(1).task.id) == make_new(1).task

    async def test_no_more_than_the_limit_are_forgotten_at_once_oldest_first(
        self, opened: OpenedStore
    ):
        for number in range(5):
            await opened.tasks.add(make_failed(number))
        late = START + RETENTION * 2

        counts = [opened.select("SELECT count(*) FROM tasks")[0][0]]
        for _ in range(3):
            await opened.tasks.purge_expired(late, 2)
            counts.append(opened.select("SELECT count(*) FROM tasks")[0][0])

        assert counts == [5, 3, 1, 0]

    async def test_objects_of_tasks_that_stay_are_not_given(self, tasks: TaskStore):
        await finish_one(tasks)
        await tasks.add(make_new(1))
        kept = await claim(tasks)
        await tasks.finish(kept, make_success(kept), after(3000), EXPIRY + RETENTION)

        purged = await tasks.purge_expired(EXPIRY, 10)

        assert kept.task.id not in purged.task_ids
        assert result_object_key(kept.task, 0) not in purged.objects

    async def test_tasks_without_objects_are_told_as_well(self, tasks: TaskStore):
        await tasks.add(make_failed(0))

        purged = await tasks.purge_expired(EXPIRY, 10)

        assert purged == PurgedTasks(task_ids=[make_failed(0).task.id], objects=[])


class TestNamedObjects:
    async def test_objects_that_a_row_names_are_told_apart(self, tasks: TaskStore):
        claimed = await finish_one(tasks)
        named = [result_object_key(claimed.task, 0), REQUEST_OBJECT]
        stray = [result_object_key(claimed.task, 9), ObjectKey("猫"), ObjectKey("")]

        assert await tasks.find_named_objects([*stray, *named]) == frozenset(named)

    async def test_a_thumbnail_is_named_for_as_long_as_its_task_is_there(self, tasks: TaskStore):
        claimed = await finish_one(tasks)
        key = thumbnail_object_key(claimed.task, 0)
        stray = ObjectKey(f"{ACCOUNT}/{NO_TASK}/thumbnail/0")

        assert await tasks.find_named_objects([key, stray]) == frozenset({key})

        await tasks.purge_expired(EXPIRY, 10)
        assert await tasks.find_named_objects([key, stray]) == frozenset()

    async def test_no_keys_name_nothing(self, tasks: TaskStore):
        assert await tasks.find_named_objects([]) == frozenset()

    async def test_a_result_that_failed_names_no_object(self, tasks: TaskStore):
        await tasks.add(make_new(0))
        claimed = await claim(tasks)
        await tasks.finish(claimed, make_outcome((MODERATED,), {}, None), after(2000), EXPIRY)

        key = result_object_key(claimed.task, 0)
        assert await tasks.find_named_objects([key, ObjectKey("None")]) == frozenset()

    async def test_objects_of_an_attempt_that_runs_are_about_to_be_named(self, tasks: TaskStore):
        await tasks.add(make_new(0))
        claimed = await claim(tasks)
        key = result_object_key(claimed.task, 0)

        assert await tasks.find_named_objects([key]) == frozenset({key})

        await tasks.give_back(claimed, AttemptCause.ENGINE_CRASHED, after(5), EXPIRY)
        assert await tasks.find_named_objects([key]) == frozenset()
        again = await claim(tasks)
        new_key = result_object_key(again.task, 0)
        assert await tasks.find_named_objects([key, new_key]) == frozenset({new_key})

    async def test_what_looks_like_an_attempt_and_is_none_is_not_named(self, tasks: TaskStore):
        await tasks.add(make_new(0))
        claimed = await claim(tasks)
        task = claimed.task
        stray = [
            ObjectKey(f"{task.account}/{task.id}/1/0#7"),
            ObjectKey(f"{task.account}/{task.id}/2/0"),
            ObjectKey(f"{task.account}/{task.id}/x/0"),
            ObjectKey(f"{task.account}/{task.id}/1"),
            ObjectKey(f"{task.account}/{task.id}/{'9' * 30}/0"),
            ObjectKey(f"9/{task.id}/1/0"),
        ]

        named = await tasks.find_named_objects(stray)

        assert named <= {stray[0], stray[-1]}

    async def test_thousands_of_keys_can_be_asked_for(self, tasks: TaskStore):
        claimed = await finish_one(tasks)
        key = result_object_key(claimed.task, 1)
        stray = [ObjectKey(f"stray/{number}") for number in range(5000)]

        assert await tasks.find_named_objects([*stray, key]) == frozenset({key})


async def change_by_claiming(tasks: TaskStore) -> TaskId:
    await tasks.add(make_new(0))
    return (await claim(tasks)).task.id


async def change_by_cancelling(tasks: TaskStore) -> TaskId:
    task_id = make_new(0).task.id
    await tasks.add(make_new(0))
    await tasks.cancel(ACCOUNT, REGION, task_id, after(5), EXPIRY)
    return task_id


async def change_by_finishing(tasks: TaskStore) -> TaskId:
    return (await finish_one(tasks)).task.id


async def change_by_giving_back(tasks: TaskStore) -> TaskId:
    await tasks.add(make_new(0))
    claimed = await claim(tasks)
    await tasks.give_back(claimed, AttemptCause.ENGINE_CRASHED, after(5), EXPIRY)
    return claimed.task.id


async def change_by_recovering(tasks: TaskStore) -> TaskId:
    await tasks.add(make_new(0))
    claimed = await claim(tasks)
    await tasks.recover(float("inf"), always(after(5)), EXPIRY - after(5))
    return claimed.task.id


async def change_by_keeping(tasks: TaskStore) -> TaskId:
    claimed = await finish_one(tasks)
    await tasks.keep(ACCOUNT, REGION, claimed.task.id, after(5000), RETENTION * 7)
    return claimed.task.id


async def change_by_purging(tasks: TaskStore) -> TaskId:
    await tasks.add(make_failed(0))
    await tasks.purge_expired(EXPIRY, 5)
    return make_failed(0).task.id


CHANGES: dict[str, tuple[Callable[[TaskStore], Awaitable[TaskId]], str | None]] = {
    "claim": (change_by_claiming, "RUNNING"),
    "cancel": (change_by_cancelling, "CANCELED"),
    "finish": (change_by_finishing, "SUCCEEDED"),
    "give back": (change_by_giving_back, "PENDING"),
    "recover": (change_by_recovering, "PENDING"),
    "keep": (change_by_keeping, "SUCCEEDED"),
    "purge": (change_by_purging, None),
}


class TestListeners:
    @pytest.mark.parametrize("change", CHANGES)
    async def test_a_change_is_told_once_others_can_read_it(self, opened: OpenedStore, change: str):
        make_change, status = CHANGES[change]
        seen: list[tuple[TaskId, object]] = []

        def listen(task_ids: object) -> None:
            for task_id in list(task_ids):  # type: ignore[call-overload]
                rows = opened.select("SELECT status FROM tasks WHERE id = ?", task_id)
                seen.append((task_id, rows[0][0] if rows else None))

        opened.tasks.on_change(listen)
        task_id = await make_change(opened.tasks)

        assert seen[-1] == (task_id, status)

    async def test_every_listener_is_told(self, tasks: TaskStore):
        first: list[TaskId] = []
        second: list[TaskId] = []
        tasks.on_change(first.extend)
        tasks.on_change(second.extend)

        task_id = await change_by_cancelling(tasks)

        assert first == second == [task_id]

    async def test_a_change_is_told_even_if_its_caller_has_gone(self, tasks: TaskStore):
        """Caches rest on being told: a client that hangs up must not leave them behind."""
        told: list[TaskId] = []
        await tasks.add(make_new(0))
        tasks.on_change(told.extend)
        task_id = make_new(0).task.id

        caller = asyncio.ensure_future(tasks.cancel(ACCOUNT, REGION, task_id, after(5), EXPIRY))
        await asyncio.sleep(0)
        caller.cancel()
        await asyncio.wait([caller])
        await tasks.add(make_new(1))  # committed after the change, if that was taken at all

        task = await tasks.find(task_id)
        assert task is not None
        assert (task.status.value, told) in [("CANCELED", [task_id]), ("PENDING", [])]

    async def test_a_new_task_and_one_given_back_are_told_to_those_who_wait(
        self, opened: OpenedStore
    ):
        depths: list[object] = []
        count = "SELECT count(*) FROM tasks WHERE status = 'PENDING'"
        opened.tasks.on_waiting(lambda: depths.append(opened.select(count)[0][0]))

        await opened.tasks.add(make_new(0))
        claimed = await claim(opened.tasks)
        await opened.tasks.give_back(claimed, AttemptCause.ENGINE_CRASHED, after(5), EXPIRY)
        await claim(opened.tasks)
        await opened.tasks.recover(float("inf"), always(after(6)), EXPIRY - after(6))

        assert depths == [1, 1, 1]

    async def test_a_refused_change_is_not_told(self, tasks: TaskStore):
        told: list[TaskId] = []
        tasks.on_change(told.extend)

        await tasks.cancel(ACCOUNT, REGION, make_new(0).task.id, after(5), EXPIRY)
        await tasks.recover(float("inf"), always(after(5)), EXPIRY - after(5))
        await tasks.purge_expired(EXPIRY, 5)
        await tasks.claim(MODELS, make_lease(), 5, "sketch", always(after(5)))

        assert told == []
