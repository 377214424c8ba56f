"""Tasks as queries show them: which members by state, and in the words of their path."""

from collections.abc import AsyncIterator
from datetime import UTC
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import structs

from domain.samples import MODERATED, after, make_generation, make_result, make_task
from fakes import SetCalendar
from kaiga.domain.tasks import Failure, Task, TaskStatus
from kaiga.http.dashscope.rendering import TaskRenderer
from service.building import open_links, read_models
from service.troubled_store import TroubledStore

HOST = b"http://kaiga.test"
USAGE = {"image_count": 1, "details.tokens": 0, "details.size": "64*64"}


@pytest.fixture
async def renderer(tmp_path: Path) -> AsyncIterator[TaskRenderer]:
    store = TroubledStore(tmp_path)
    links = await open_links(store.tasks, store.keys, SetCalendar(after(10)))
    yield TaskRenderer(read_models(), links, UTC, lambda _model: "sketch")
    store.database.close()


def make_shown(status: TaskStatus, *, path: str = "one", count: int = 2) -> Task:
    waiting = structs.replace(
        make_task(0, model="test-two-paths"),
        operation=f"aigc:tests:{path}",
        generation=make_generation(count),
        status=status,
    )
    running = structs.replace(waiting, scheduled_at=after(1), attempt=1)
    ended = structs.replace(running, ended_at=after(5), expires_at=after(99_999))
    match status:
        case TaskStatus.PENDING:
            return waiting
        case TaskStatus.RUNNING:
            return running
        case TaskStatus.SUCCEEDED:
            results = (make_result(running), *[MODERATED] * (count - 1))
            return structs.replace(ended, results=results, usage=USAGE)
        case TaskStatus.FAILED:
            return structs.replace(ended, failure=Failure(code="InternalError", message="why"))
        case _:
            return structs.replace(ended, scheduled_at=None)


def show(renderer: TaskRenderer, task: Task) -> dict[str, Any]:
    return msgspec.json.decode(b"{" + HOST.join(renderer.render(task, after(10)).pieces))


@pytest.mark.parametrize(
    ("status", "metrics"),
    [
        (TaskStatus.PENDING, None),
        (TaskStatus.RUNNING, {"TOTAL": 2, "SUCCEEDED": 0, "FAILED": 0}),
        (TaskStatus.SUCCEEDED, {"TOTAL": 2, "SUCCEEDED": 1, "FAILED": 1}),
        (TaskStatus.FAILED, {"TOTAL": 2, "SUCCEEDED": 0, "FAILED": 2}),
        (TaskStatus.CANCELED, None),
    ],
)
def test_results_are_counted_from_the_moment_that_a_task_runs(
    renderer: TaskRenderer, status: TaskStatus, metrics: dict[str, int] | None
):
    output = show(renderer, make_shown(status))["output"]

    assert output.get("task_metrics") == metrics


def test_a_task_is_told_in_the_shape_of_the_path_that_it_was_asked_at(renderer: TaskRenderer):
    one = show(renderer, make_shown(TaskStatus.SUCCEEDED))["output"]
    two = show(renderer, make_shown(TaskStatus.SUCCEEDED, path="two", count=1))["output"]

    assert one["results"][0]["url"].startswith("http://kaiga.test/1d/")
    assert two["image_url"].startswith("http://kaiga.test/1d/")
    assert two["task_metric"] == {"TOTAL": 1, "SUCCEEDED": 1, "FAILED": 0}
    assert two["start_time"] == "2026-05-02 10:00:00.121"
    assert not {"results", "task_metrics"} & two.keys()
    assert "start_time" not in one


def test_a_dot_in_a_name_of_usage_means_a_member_inside_a_member(renderer: TaskRenderer):
    usage = show(renderer, make_shown(TaskStatus.SUCCEEDED))["usage"]

    assert usage == {"image_count": 1, "details": {"tokens": 0, "size": "64*64"}}


def test_a_result_of_its_own_is_told_without_anything_of_the_task(renderer: TaskRenderer):
    rendered = renderer.render_result(make_shown(TaskStatus.SUCCEEDED), after(10))

    shown = msgspec.json.decode(b"{" + HOST.join(rendered.pieces))
    assert shown.keys() == {"output", "usage"}
    assert shown["output"].keys() == {"results", "task_metrics"}


def test_a_task_of_a_model_that_is_gone_is_told_in_the_plainest_shape(renderer: TaskRenderer):
    task = structs.replace(make_shown(TaskStatus.SUCCEEDED), model="no-longer-offered")

    output = show(renderer, task)["output"]

    assert [each.keys() for each in output["results"]] == [{"url"}, {"code", "message"}]
