"""Taking orders: what is refused, what is recorded, and where a large request goes."""

from typing import Any

import pytest

from domain.samples import (
    ACCOUNT,
    CALLER,
    MODEL,
    OTHER_PRINCIPAL,
    PRINCIPAL,
    RETENTION,
    START,
)
from fakes import MemoryObjects, SetCalendar
from kaiga.domain.errors import (
    KaigaError,
    ModelMissing,
    ModelNotHere,
    ModelUnknown,
    ObjectsUnavailable,
    OrderRefused,
    RequestRefused,
    StoreUnavailable,
    SynchronousCallRefused,
    TaskNotCancellable,
)
from kaiga.domain.ids import made_at
from kaiga.domain.tasks import Failure, TaskStatus, request_object_key
from kaiga.ports.task_store import QueueDepth
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.owning.cancel_task import CancelTask
from kaiga.service.submitting.submit_task import SubmitTask
from service.building import build_submit_task
from service.submitting import REQUEST_ID, make_submission, read_request
from service.troubled_store import TroubledStore


@pytest.fixture
def hot(store: TroubledStore) -> HotTasks:
    return HotTasks(store.tasks)


@pytest.fixture
def submit(
    store: TroubledStore, hot: HotTasks, objects: MemoryObjects, calendar: SetCalendar
) -> SubmitTask:
    return build_submit_task(store.tasks, hot, objects, calendar)


class TestAccepted:
    async def test_an_order_becomes_a_waiting_task_of_its_caller(
        self, store: TroubledStore, submit: SubmitTask
    ):
        task = await submit(make_submission())

        assert await store.tasks.find(task.id) == task
        assert task.status is TaskStatus.PENDING
        assert (task.account, task.key_id) == (ACCOUNT, PRINCIPAL.key_id)
        assert (task.workspace, task.request_id) == (PRINCIPAL.workspace, REQUEST_ID)
        assert (task.model, task.catalogue_model) == (MODEL, MODEL)
        assert task.operation == "aigc:text2image:image-synthesis"
        assert task.submitted_at == made_at(task.id) == START
        assert task.generation is not None
        assert task.generation.count == 1

    async def test_a_poll_right_after_it_is_answered_from_memory(
        self, submit: SubmitTask, hot: HotTasks
    ):
        task = await submit(make_submission())

        assert hot.find(task.id) == task

    @pytest.mark.parametrize("microseconds", [0, 1, 499, 500, 501, 999])
    async def test_memory_and_store_tell_the_same_time(
        self,
        store: TroubledStore,
        submit: SubmitTask,
        calendar: SetCalendar,
        microseconds: int,
    ):
        calendar.at = START.replace(microsecond=120_000 + microseconds)

        task = await submit(make_submission())
        stored = await store.tasks.find(task.id)

        assert stored is not None
        shown = [each.submitted_at.microsecond // 1000 for each in (task, stored)]
        assert shown == [120, 120]

    async def test_a_seed_is_drawn_where_none_was_given_and_differs_from_order_to_order(
        self, submit: SubmitTask
    ):
        tasks = [await submit(make_submission()) for _ in range(5)]

        seeds = {task.generation.seed for task in tasks if task.generation is not None}
        assert len(seeds) == 5

    async def test_every_submission_is_a_task_of_its_own(
        self, store: TroubledStore, submit: SubmitTask
    ):
        first, second = await submit(make_submission()), await submit(make_submission())

        assert first.id != second.id
        assert await store.tasks.measure_queue() == QueueDepth(pending=2, running=0)


class TestRequests:
    async def test_a_request_of_32_kibibytes_stays_in_its_row(
        self, store: TroubledStore, submit: SubmitTask, objects: MemoryObjects
    ):
        raw = b"x" * 32 * 1024

        task = await submit(make_submission(raw_body=raw))

        assert await read_request(store, task) == (raw, None)
        assert objects.contents == {}

    async def test_a_larger_request_goes_to_the_object_store_and_the_row_names_it(
        self, store: TroubledStore, submit: SubmitTask, objects: MemoryObjects
    ):
        raw = b"x" * (32 * 1024 + 1)

        task = await submit(make_submission(raw_body=raw))

        key = request_object_key(task.account, task.id)
        assert await read_request(store, task) == (None, key)
        assert objects.contents == {key: raw}
        assert await store.tasks.find_named_objects([key]) == frozenset({key})

    async def test_where_the_object_store_is_down_nothing_is_recorded(
        self, store: TroubledStore, submit: SubmitTask, objects: MemoryObjects
    ):
        objects.is_down = True

        with pytest.raises(ObjectsUnavailable):
            await submit(make_submission(raw_body=b"x" * 40_000))

        assert await store.tasks.measure_queue() == QueueDepth(pending=0, running=0)

    async def test_where_the_store_is_down_no_id_is_given_and_nothing_is_remembered(
        self, store: TroubledStore, submit: SubmitTask, hot: HotTasks
    ):
        store.tasks.is_down = True

        with pytest.raises(StoreUnavailable):
            await submit(make_submission())

        assert hot._under_way == {}
        assert vars(hot._tasks)["_entries"] == {}


class TestRefused:
    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"model": None}, ModelMissing),
            ({"model": ""}, ModelMissing),
            ({"model": 5}, RequestRefused),
            ({"model": []}, RequestRefused),
            ({"model": "no-such-model"}, ModelUnknown),
            ({"operation": "aigc/image2image/image-synthesis"}, ModelNotHere),
            ({"is_async": False}, SynchronousCallRefused),
        ],
    )
    async def test_what_can_not_be_taken_is_refused_and_makes_no_task(
        self,
        store: TroubledStore,
        submit: SubmitTask,
        change: dict[str, Any],
        error: type[KaigaError],
    ):
        with pytest.raises(error):
            await submit(make_submission(**change))

        assert await store.tasks.measure_queue() == QueueDepth(pending=0, running=0)

    async def test_a_broken_rule_makes_a_task_that_has_failed_already(
        self, store: TroubledStore, submit: SubmitTask
    ):
        task = await submit(make_submission(order_input={}))

        assert await store.tasks.find(task.id) == task
        assert task.status is TaskStatus.FAILED
        assert task.failure == Failure(
            code="InvalidParameter", message="Field required: input.prompt"
        )
        assert task.generation is None
        assert (task.scheduled_at, task.ended_at) == (START, START)
        assert task.expires_at == START + RETENTION

    async def test_told_to_refuse_at_submission_a_broken_rule_makes_no_task(
        self,
        store: TroubledStore,
        hot: HotTasks,
        objects: MemoryObjects,
        calendar: SetCalendar,
    ):
        submit = build_submit_task(store.tasks, hot, objects, calendar, refuse_at_submission=True)

        with pytest.raises(OrderRefused, match=r"^Field required: input\.prompt$"):
            await submit(make_submission(order_input={}))
        assert (await submit(make_submission())).status is TaskStatus.PENDING


class TestCancel:
    async def test_a_caller_cancels_a_waiting_task_of_its_account_once(
        self, store: TroubledStore, submit: SubmitTask, hot: HotTasks, calendar: SetCalendar
    ):
        cancel = CancelTask(store=store.tasks, calendar=calendar, retention=RETENTION)
        task = await submit(make_submission())
        theirs = await submit(make_submission(principal=OTHER_PRINCIPAL))

        await cancel(CALLER, task.id)

        for task_id in (task.id, theirs.id, "1111", ""):
            with pytest.raises(TaskNotCancellable):
                await cancel(CALLER, task_id)
        canceled = await hot.load(task.id)
        assert canceled is not None
        assert canceled.status is TaskStatus.CANCELED
        assert canceled.expires_at == START + RETENTION
        assert hot.find(theirs.id) == theirs
