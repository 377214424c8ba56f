"""Tasks as the query answers them, once per change and not once per poll.

A rendered answer holds no host: its links are cut where scheme and host belong, and each poll
joins the pieces with the address under which it came.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import msgspec

from kaiga.domain.tasks import Failure, Result, StoredResult, Task, TaskStatus
from kaiga.http.asgi import JSON_UTF8, NO_STORE, Header
from kaiga.http.dashscope.times import show_time
from kaiga.service.result_links import ResultLinks, until_next_window

_HERE_GOES_THE_HOST = secrets.token_hex(16)
"""Unguessable, so that no prompt can hold it."""

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedTask:
    """What follows the request id in an answer, in pieces between which the base URL goes."""

    task: Task
    pieces: tuple[bytes, ...]
    headers: tuple[Header, ...]
    good_until: datetime | None
    """From then on its links are to be made anew; None where there are none."""
    link_generation: int


class TaskRenderer:
    """Renders tasks for one time zone and one set of link keys.

    `engine` is named for tasks that none has begun.
    """

    def __init__(self, links: ResultLinks, zone: tzinfo, engine: str) -> None:
        self._engine = engine
        self._links = links
        self._zone = zone

    def render(self, task: Task, now: datetime) -> RenderedTask:
        """Render a task as it stands."""
        output = self._make_output(task, now)
        members: dict[str, object] = {"output": output}
        if task.status is TaskStatus.SUCCEEDED and task.usage is not None:
            members["usage"] = task.usage
        text = _encode(members)
        has_links = task.status is TaskStatus.SUCCEEDED
        return RenderedTask(
            task=task,
            pieces=tuple(text[1:].split(_HERE_GOES_THE_HOST.encode())),
            headers=(
                JSON_UTF8,
                NO_STORE,
                (b"x-kaiga-engine", (task.engine or self._engine).encode()),
            ),
            good_until=now + until_next_window(task, now) if has_links else None,
            link_generation=self._links.generation,
        )

    def is_current(self, rendered: RenderedTask, now: datetime) -> bool:
        """Tell whether the links of a rendered task are still the ones to give out."""
        return rendered.good_until is None or (
            now < rendered.good_until and rendered.link_generation == self._links.generation
        )

    def _make_output(self, task: Task, now: datetime) -> dict[str, object]:
        """Build `output`, its members by state as contract/core.md, 2.3 has them."""
        output: dict[str, object] = {
            "task_id": task.id,
            "task_status": task.status.value,
            "submit_time": show_time(task.submitted_at, self._zone),
        }
        if task.scheduled_at is not None and task.status is not TaskStatus.PENDING:
            output["scheduled_time"] = show_time(task.scheduled_at, self._zone)
        if task.ended_at is not None:
            output["end_time"] = show_time(task.ended_at, self._zone)
        if task.status is TaskStatus.SUCCEEDED:
            output["results"] = [
                self._make_result(task, position, result, now)
                for position, result in enumerate(task.results)
            ]
        if task.failure is not None:
            output["code"] = task.failure.code
            output["message"] = task.failure.message
        metrics = _make_metrics(task)
        if metrics is not None:
            output["task_metrics"] = metrics
        return output

    def _make_result(
        self, task: Task, position: int, result: Result, now: datetime
    ) -> dict[str, str]:
        if isinstance(result, Failure):
            return {"code": result.code, "message": result.message}
        shown: dict[str, str] = {}
        if task.generation is not None:
            shown["orig_prompt"] = task.generation.prompt
        if task.actual_prompt is not None:
            shown["actual_prompt"] = task.actual_prompt
        shown["url"] = _HERE_GOES_THE_HOST + self._links.make(task, position, result, now)
        return shown


def _make_metrics(task: Task) -> dict[str, int] | None:
    """Count pictures: zeros while running, none before (contract/image-models.md, 4)."""
    if task.generation is None or task.status in {TaskStatus.PENDING, TaskStatus.CANCELED}:
        return None
    total = task.generation.count
    made = count_made(task.results)
    failed = total - made if task.status.is_final else 0
    return {"TOTAL": total, "SUCCEEDED": made, "FAILED": failed}


def count_made(results: Sequence[Result]) -> int:
    """Count the results that are files."""
    return sum(isinstance(result, StoredResult) for result in results)
