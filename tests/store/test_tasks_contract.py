"""The port `TaskStore`, 1: recording, finding, listing and cancelling."""

import asyncio
from datetime import timedelta

import pytest

from domain.samples import (
    ACCOUNT,
    MODEL,
    NO_TASK,
    OTHER_ACCOUNT,
    OTHER_MODEL,
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
from kaiga.domain.errors import QueueFull
from kaiga.domain.ids import ObjectKey, TaskId
from kaiga.domain.tasks import NewTask, TaskStatus
from kaiga.ports.task_store import QueueDepth, TaskFilter, TaskStore
from store.opened import OpenedStore

EVERYTHING = TaskFilter(
    account=ACCOUNT,
    region=REGION,
    submitted_from=after(-1000),
    submitted_before=after(100_000),
    now=START,
)


def wanting(**changes: object) -> TaskFilter:
    values = {name: getattr(EVERYTHING, name) for name in EVERYTHING.__struct_fields__}
    return TaskFilter(**{**values, **changes})


async def list_ids(tasks: TaskStore, wanted: TaskFilter) -> list[TaskId]:
    page = await tasks.list_page(wanted, 1, 100)
    assert page.total == len(page.tasks)
    return [task.id for task in page.tasks]


class TestAdd:
    async def test_a_task_is_there_for_others_when_add_returns(self, opened: OpenedStore):
        new = make_new(request=b'{"model": "m"}')

        await opened.tasks.add(new)

        assert opened.select("SELECT id, status, request FROM tasks") == [
            (new.task.id, "PENDING", b'{"model": "m"}')
        ]

    async def test_a_task_is_there_after_a_restart(self, opened: OpenedStore):
        new = make_new()
        await opened.tasks.add(new)

        await opened.reopen()

        assert await opened.tasks.find(new.task.id) == new.task

    async def test_a_task_that_nobody_awaits_is_there_for_others_when_that_is_told(
        self, opened: OpenedStore
    ):
        told: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

        opened.tasks.begin_add(make_new(0), told.set_result)

        assert not told.done()
        assert await told is None
        assert opened.select("SELECT count(*) FROM tasks") == [(1,)]

    async def test_where_nobody_awaits_it_a_refusal_is_told_instead_of_raised(
        self, opened: OpenedStore
    ):
        opened.policy.queue_limits[make_new(0).task.lane] = 0
        told: asyncio.Future[Exception | None] = asyncio.get_running_loop().create_future()

        opened.tasks.begin_add(make_new(0), told.set_result)

        assert isinstance(await told, QueueFull)
        assert opened.select("SELECT count(*) FROM tasks") == [(0,)]

    async def test_a_waiting_task_announces_nothing(self, opened: OpenedStore):
        await opened.tasks.add(make_new())

        assert opened.select("SELECT task_id FROM outbox") == []

    async def test_a_task_that_is_final_already_announces_its_end(self, opened: OpenedStore):
        failed = make_failed()

        await opened.tasks.add(failed)

        assert await opened.tasks.find(failed.task.id) == failed.task
        assert opened.select("SELECT task_id, account, status FROM outbox") == [
            (failed.task.id, ACCOUNT, "FAILED")
        ]
        assert opened.select("SELECT task_id FROM usage_ledger") == []

    async def test_a_task_that_is_final_already_is_never_claimed(self, tasks: TaskStore):
        await tasks.add(make_failed())

        assert await tasks.claim(frozenset({MODEL}), make_lease(), 5, "sketch", always(START)) == []

    async def test_an_id_that_is_taken_is_refused_and_its_task_stays(self, tasks: TaskStore):
        first, second = make_new(), make_new(count=3)
        await tasks.add(first)

        with pytest.raises(Exception, match=r"(?i)unique"):
            await tasks.add(second)

        assert await tasks.find(first.task.id) == first.task

    async def test_a_large_request_is_kept_as_a_reference(self, opened: OpenedStore):
        key = ObjectKey("account/task/request")

        await opened.tasks.add(make_new(request=None, request_object=key))

        assert opened.select("SELECT request, request_object FROM tasks") == [(None, key)]

    @pytest.mark.parametrize("prompt", ["猫\0\x01", "👩‍👧", '"\\', "a" * 2000])
    async def test_any_text_comes_back_as_it_was(self, tasks: TaskStore, prompt: str):
        new = make_new()
        generation = new.task.generation
        assert generation is not None
        values = {name: getattr(generation, name) for name in generation.__struct_fields__}
        changed = type(generation)(**{**values, "prompt": prompt})
        fields = {name: getattr(new.task, name) for name in new.task.__struct_fields__}
        task = type(new.task)(**{**fields, "generation": changed})

        await tasks.add(NewTask(task=task, request=b"{}"))

        assert await tasks.find(task.id) == task


class TestFind:
    async def test_a_task_of_any_account_is_found(self, tasks: TaskStore):
        mine, theirs = make_new(0), make_new(1, account=OTHER_ACCOUNT)
        await tasks.add(mine)
        await tasks.add(theirs)

        assert await tasks.find(mine.task.id) == mine.task
        assert await tasks.find(theirs.task.id) == theirs.task

    @pytest.mark.parametrize("task_id", [NO_TASK, "", "1111", "猫", "a\0b", "%", "'", "x" * 5000])
    async def test_an_id_that_was_never_given_finds_nothing(self, tasks: TaskStore, task_id: str):
        await tasks.add(make_new())

        assert await tasks.find(TaskId(task_id)) is None

    async def test_an_expired_task_is_found_until_it_is_purged(self, tasks: TaskStore):
        failed = make_failed()
        await tasks.add(failed)

        assert await tasks.find(failed.task.id) == failed.task
        await tasks.purge_expired(START + RETENTION, 10)
        assert await tasks.find(failed.task.id) is None


class TestList:
    async def test_tasks_come_newest_first_with_their_number(self, tasks: TaskStore):
        news = [make_new(number) for number in range(5)]
        for new in news:
            await tasks.add(new)

        page = await tasks.list_page(EVERYTHING, 1, 10)

        assert list(page.tasks) == [new.task for new in reversed(news)]
        assert page.total == 5

    async def test_pages_follow_one_another_and_know_the_whole(self, tasks: TaskStore):
        news = [make_new(number) for number in range(5)]
        for new in news:
            await tasks.add(new)

        pages = [await tasks.list_page(EVERYTHING, number, 2) for number in (1, 2, 3, 4)]

        assert [task.id for page in pages for task in page.tasks] == [
            new.task.id for new in reversed(news)
        ]
        assert [len(page.tasks) for page in pages] == [2, 2, 1, 0]
        assert {page.total for page in pages} == {5}

    async def test_tasks_of_other_accounts_are_hidden(self, tasks: TaskStore):
        mine, theirs = make_new(0), make_new(1, account=OTHER_ACCOUNT)
        await tasks.add(mine)
        await tasks.add(theirs)

        assert await list_ids(tasks, EVERYTHING) == [mine.task.id]
        assert await list_ids(tasks, wanting(account=OTHER_ACCOUNT)) == [theirs.task.id]
        assert await list_ids(tasks, wanting(task_id=theirs.task.id)) == []

    async def test_the_span_takes_its_start_in_and_leaves_its_end_out(self, tasks: TaskStore):
        news = [make_new(number) for number in range(4)]
        for new in news:
            await tasks.add(new)

        wanted = wanting(submitted_from=after(1), submitted_before=after(3))

        assert await list_ids(tasks, wanted) == [news[2].task.id, news[1].task.id]

    async def test_an_empty_span_lists_nothing(self, tasks: TaskStore):
        await tasks.add(make_new())

        assert await list_ids(tasks, wanting(submitted_from=START, submitted_before=START)) == []

    async def test_each_condition_keeps_what_fits_it(self, tasks: TaskStore):
        plain, other = make_new(0), make_new(1, model="other", key_id="1000009")
        canceled = make_new(2)
        for new in (plain, other, canceled):
            await tasks.add(new)
        await tasks.cancel(ACCOUNT, REGION, canceled.task.id, after(5), after(50_000))

        assert await list_ids(tasks, wanting(task_id=plain.task.id)) == [plain.task.id]
        assert await list_ids(tasks, wanting(task_id=NO_TASK)) == []
        assert await list_ids(tasks, wanting(model="other")) == [other.task.id]
        assert await list_ids(tasks, wanting(model="none")) == []
        assert await list_ids(tasks, wanting(key_id="1000009")) == [other.task.id]
        assert await list_ids(tasks, wanting(key_id="1")) == []
        assert await list_ids(tasks, wanting(status=TaskStatus.CANCELED)) == [canceled.task.id]
        assert await list_ids(tasks, wanting(status=TaskStatus.PENDING)) == [
            other.task.id,
            plain.task.id,
        ]

    async def test_all_conditions_hold_together(self, tasks: TaskStore):
        await tasks.add(make_new(0, model="other"))
        await tasks.add(make_new(1, key_id="1000009"))

        assert await list_ids(tasks, wanting(model="other", key_id="1000009")) == []

    async def test_expired_tasks_are_hidden_from_their_expiry_on(self, tasks: TaskStore):
        failed = make_failed()
        await tasks.add(failed)
        expiry = START + RETENTION

        just_before = wanting(now=expiry - timedelta(milliseconds=1))
        assert await list_ids(tasks, just_before) == [failed.task.id]
        assert await list_ids(tasks, wanting(now=expiry)) == []

    async def test_listed_tasks_are_whole(self, tasks: TaskStore):
        await tasks.add(make_new(count=2))
        [claim] = await tasks.claim(frozenset({MODEL}), make_lease(), 1, "sketch", always(after(1)))
        await tasks.finish(claim, make_success(claim, "longer"), after(2), after(50_000))

        page = await tasks.list_page(EVERYTHING, 1, 10)

        assert list(page.tasks) == [await tasks.find(claim.task.id)]


class TestCancel:
    async def test_a_waiting_task_of_ones_own_is_canceled(self, opened: OpenedStore):
        new = make_new()
        await opened.tasks.add(new)

        assert await opened.tasks.cancel(ACCOUNT, REGION, new.task.id, after(5), after(50_000))

        task = await opened.tasks.find(new.task.id)
        assert task is not None
        assert task.status is TaskStatus.CANCELED
        assert (task.ended_at, task.expires_at) == (after(5), after(50_000))
        assert opened.select("SELECT task_id, status FROM outbox") == [(task.id, "CANCELED")]
        assert opened.select("SELECT task_id FROM usage_ledger") == []

    async def test_a_canceled_task_is_never_claimed(self, tasks: TaskStore):
        new = make_new()
        await tasks.add(new)
        await tasks.cancel(ACCOUNT, REGION, new.task.id, after(5), after(50_000))

        assert await tasks.claim(frozenset({MODEL}), make_lease(), 5, "sketch", always(START)) == []

    async def test_a_task_that_is_not_there_or_not_ones_own_is_not_canceled(
        self, opened: OpenedStore
    ):
        new = make_new(account=OTHER_ACCOUNT)
        await opened.tasks.add(new)

        for task_id in (new.task.id, NO_TASK, TaskId("猫"), TaskId("")):
            assert not await opened.tasks.cancel(ACCOUNT, REGION, task_id, after(5), after(50_000))

        assert await opened.tasks.find(new.task.id) == new.task
        assert opened.select("SELECT task_id FROM outbox") == []

    async def test_a_task_that_runs_or_has_ended_is_not_canceled(self, opened: OpenedStore):
        tasks = opened.tasks
        await tasks.add(make_new())
        [claim] = await tasks.claim(frozenset({MODEL}), make_lease(), 1, "sketch", always(after(1)))

        assert not await tasks.cancel(ACCOUNT, REGION, claim.task.id, after(5), after(50_000))
        assert await tasks.find(claim.task.id) == claim.task

        await tasks.finish(claim, make_success(claim), after(6), after(50_000))
        ended = await tasks.find(claim.task.id)
        assert not await tasks.cancel(ACCOUNT, REGION, claim.task.id, after(7), after(60_000))
        assert await tasks.find(claim.task.id) == ended

    async def test_of_two_cancels_one_is_told_that_it_did(self, opened: OpenedStore):
        new = make_new()
        await opened.tasks.add(new)

        assert await opened.tasks.cancel(ACCOUNT, REGION, new.task.id, after(5), after(50_000))
        assert not await opened.tasks.cancel(ACCOUNT, REGION, new.task.id, after(9), after(90_000))

        task = await opened.tasks.find(new.task.id)
        assert task is not None
        assert task.ended_at == after(5)
        assert opened.select("SELECT count(*) FROM outbox") == [(1,)]


async def test_the_queue_counts_what_waits_and_what_runs(tasks: TaskStore):
    assert await tasks.measure_queue() == QueueDepth(pending=0, running=0)
    for number in range(4):
        await tasks.add(make_new(number, catalogue_model=MODEL if number else OTHER_MODEL))
    await tasks.add(make_failed(9))
    await tasks.claim(frozenset({MODEL}), make_lease(), 2, "sketch", always(after(10)))

    assert await tasks.measure_queue() == QueueDepth(pending=2, running=2)
