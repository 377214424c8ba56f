"""Taking orders of every mode, in every place, and with media in them."""

import json
from base64 import b64encode

import pytest

from domain.samples import OTHER_REGION, REGION
from fakes import MemoryObjects, SetCalendar
from kaiga.domain.errors import (
    AsynchronousCallRefused,
    ModelNotOffered,
    ObjectsUnavailable,
    OrderRefused,
    StoreUnavailable,
)
from kaiga.domain.ids import WorkspaceId
from kaiga.domain.tasks import TaskStatus, input_object_key, request_object_key
from kaiga.ports.task_store import QueueDepth
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.submitting.submit_task import Submission, SubmitTask
from service.building import build_submit_task
from service.collecting import RED
from service.submitting import make_submission, read_request
from service.troubled_store import TroubledStore

NOTHING = QueueDepth(pending=0, running=0)
URI = f"data:image/png;base64,{b64encode(RED * 400).decode()}"


@pytest.fixture
def submit(store: TroubledStore, objects: MemoryObjects, calendar: SetCalendar) -> SubmitTask:
    return build_submit_task(store.tasks, HotTasks(store.tasks), objects, calendar)


def submit_edit(*images: str, is_async: bool = True, resolves_uploads: bool = False) -> Submission:
    order_input = {"prompt": "a cat", "images": list(images)}
    body = json.dumps({"model": "test-edit", "input": order_input}).encode()
    return make_submission(
        model="test-edit",
        operation="aigc/tests/edit",
        order_input=order_input,
        raw_body=body,
        is_async=is_async,
        resolves_uploads=resolves_uploads,
    )


def submit_picture(**changes: object) -> Submission:
    values = {"model": "test-picture", "operation": "aigc/tests/picture", **changes}
    return make_submission(**values)  # type: ignore[arg-type]


class TestModes:
    @pytest.mark.parametrize("is_async", [True, False])
    async def test_a_model_of_both_modes_takes_either(
        self, store: TroubledStore, submit: SubmitTask, is_async: bool
    ):
        task = await submit(submit_picture(is_async=is_async))

        assert await store.tasks.find(task.id) == task
        assert task.status is TaskStatus.PENDING

    async def test_a_model_that_only_answers_at_once_refuses_to_make_a_task(
        self, store: TroubledStore, submit: SubmitTask
    ):
        at_once = {"model": "test-at-once", "operation": "aigc/tests/at-once"}

        with pytest.raises(AsynchronousCallRefused):
            await submit(submit_picture(**at_once))

        assert await store.tasks.measure_queue() == NOTHING
        assert (await submit(submit_picture(**at_once, is_async=False))).model == "test-at-once"

    async def test_who_waits_is_told_of_a_broken_rule_at_once_and_nothing_is_recorded(
        self, store: TroubledStore, submit: SubmitTask
    ):
        with pytest.raises(OrderRefused, match=r"^Field required: input\.prompt$"):
            await submit(submit_picture(order_input={}, is_async=False))

        assert await store.tasks.measure_queue() == NOTHING


class TestPlaces:
    async def test_a_task_is_of_the_workspace_and_the_region_that_it_was_asked_in(
        self, store: TroubledStore, submit: SubmitTask
    ):
        asked = submit_picture(workspace=WorkspaceId("ws-other"), region=OTHER_REGION)

        tasks = [
            await submit(asked),
            await submit(submit_picture(order_input={}, region=OTHER_REGION)),
        ]

        assert (tasks[0].workspace, tasks[0].region) == ("ws-other", OTHER_REGION)
        assert tasks[1].region == OTHER_REGION
        assert [await store.tasks.find(task.id) for task in tasks] == tasks

    async def test_a_model_of_one_region_is_not_to_be_had_elsewhere(
        self, store: TroubledStore, submit: SubmitTask
    ):
        bound = {"model": "test-elsewhere", "operation": "aigc/tests/elsewhere"}

        with pytest.raises(ModelNotOffered, match=r"^Model can not be found\.$"):
            await submit(submit_picture(**bound, region=REGION))

        assert await store.tasks.measure_queue() == NOTHING
        assert (await submit(submit_picture(**bound, region=OTHER_REGION))).region == OTHER_REGION

    @pytest.mark.parametrize("name", ["test-picture-alias", "test-picture-2026-01-31"])
    async def test_a_model_by_another_name_waits_in_its_lane_and_is_shown_by_that_name(
        self, submit: SubmitTask, name: str
    ):
        task = await submit(submit_picture(model=name))

        assert (task.catalogue_model, task.model) == ("test-picture", name)


class TestMedia:
    async def test_a_picture_inside_the_request_is_an_object_that_the_row_names(
        self, store: TroubledStore, submit: SubmitTask, objects: MemoryObjects
    ):
        task = await submit(submit_edit("https://example.com/a.png", URI))

        key = input_object_key(task.account, task.id, 0)
        recorded, request_object = await read_request(store, task)
        assert objects.contents == {key: RED * 400}
        assert isinstance(recorded, bytes)
        assert json.loads(recorded)["input"]["images"][1] == f"kaiga-object:{key}"
        assert request_object is None
        assert task.generation is not None
        assert [each.object_key for each in task.generation.media] == [None, key]
        assert await store.tasks.find(task.id) == task
        assert await store.tasks.find_named_objects([key]) == frozenset({key})

    async def test_base64_that_is_none_is_recorded_as_sent_and_told_by_the_task(
        self, store: TroubledStore, submit: SubmitTask, objects: MemoryObjects
    ):
        broken = URI + "#"
        submission = submit_edit(broken)

        task = await submit(submission)

        assert task.status is TaskStatus.PENDING
        key = request_object_key(task.account, task.id)
        assert await read_request(store, task) == (None, key)
        assert objects.contents == {key: submission.raw_body}
        assert task.generation is not None
        assert len(task.generation.media[0].url) < 10_000

    async def test_where_the_object_store_is_down_no_task_with_a_picture_is_recorded(
        self, store: TroubledStore, submit: SubmitTask, objects: MemoryObjects
    ):
        objects.is_down = True

        with pytest.raises(ObjectsUnavailable):
            await submit(submit_edit(URI))

        assert await store.tasks.measure_queue() == NOTHING

    async def test_where_the_task_store_is_down_the_picture_is_named_by_nothing(
        self, store: TroubledStore, submit: SubmitTask, objects: MemoryObjects
    ):
        """The sweep takes it then."""
        store.tasks.is_down = True

        with pytest.raises(StoreUnavailable):
            await submit(submit_edit(URI))

        store.tasks.is_down = False
        assert await store.tasks.find_named_objects(list(objects.contents)) == frozenset()

    @pytest.mark.parametrize("address", ["oss://a/cat.png", "OSS://a/cat.png", " oss://a/cat.png"])
    async def test_an_upload_that_is_not_to_be_resolved_is_a_broken_rule(
        self, store: TroubledStore, submit: SubmitTask, address: str
    ):
        told = (
            "The provided URL does not appear to be valid. Ensure it is correctly formatted."
            ": input.images[1]"
        )

        task = await submit(submit_edit("https://example.com/a.png", address))

        assert task.failure is not None
        assert (task.failure.code, task.failure.message) == ("InvalidParameter", told)
        with pytest.raises(OrderRefused):
            await submit(submit_edit("https://example.com/a.png", address, is_async=False))
        assert await store.tasks.measure_queue() == NOTHING

    async def test_an_upload_that_is_to_be_resolved_is_looked_for_when_the_task_runs(
        self, submit: SubmitTask
    ):
        task = await submit(submit_edit("oss://a/cat.png", resolves_uploads=True))

        assert task.generation is not None
        assert task.generation.media[0].url == "oss://a/cat.png"
