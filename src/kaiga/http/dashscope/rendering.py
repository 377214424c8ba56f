"""Tasks as the query answers them, once per change and not once per poll.

A rendered answer holds no host: its links are cut where scheme and host belong, and each poll
joins the pieces with the address under which it came. Links that the object store signs have
their own host.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, tzinfo

import msgspec

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import Output, operation_of_name
from kaiga.domain.tasks import Task, TaskStatus, is_made
from kaiga.domain.usage import nest_usage
from kaiga.http.asgi import JSON_UTF8, NO_STORE, Header
from kaiga.http.dashscope.engine_names import EngineOf, name_engine
from kaiga.http.dashscope.shapes import make_result_members
from kaiga.http.dashscope.times import show_time
from kaiga.http.standing import REWRITE_FAILED
from kaiga.service.links.result_links import ResultLinks

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
    has_ended: bool


class TaskRenderer:
    """Renders tasks for one time zone and one set of link keys.

    What `engine_of` gives is named for tasks that none has begun.
    """

    def __init__(
        self, catalogue: Catalogue, links: ResultLinks, zone: tzinfo, engine_of: EngineOf
    ) -> None:
        self._catalogue = catalogue
        self._engine_of = engine_of
        self._links = links
        self._zone = zone

    def render(self, task: Task, now: datetime) -> RenderedTask:
        """Render a task as the query answers it."""
        return self._render(task, now, self._make_output(task, now))

    def render_result(self, task: Task, now: datetime) -> RenderedTask:
        """Render a task that has SUCCEEDED as a synchronous call is answered."""
        return self._render(task, now, self._make_results(task, now))

    def is_current(self, rendered: RenderedTask, now: datetime) -> bool:
        """Tell whether the links of a rendered task are still the ones to give out."""
        return rendered.good_until is None or (
            now < rendered.good_until and rendered.link_generation == self._links.generation
        )

    def _render(self, task: Task, now: datetime, output: dict[str, object]) -> RenderedTask:
        members: dict[str, object] = {"output": output}
        if task.status is TaskStatus.SUCCEEDED and task.usage is not None:
            members["usage"] = nest_usage(task.usage)
        text = _encode(members)
        has_links = task.status is TaskStatus.SUCCEEDED
        return RenderedTask(
            task=task,
            pieces=tuple(text[1:].split(_HERE_GOES_THE_HOST.encode())),
            headers=(
                JSON_UTF8,
                NO_STORE,
                name_engine(task.engine or self._engine_of(task.catalogue_model)),
                *(REWRITE_FAILED if task.rewrite_failed else ()),
            ),
            good_until=now + self._links.stays_for(task, now) if has_links else None,
            link_generation=self._links.generation,
            has_ended=task.status.is_final,
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
        if task.failure is not None:
            output["code"] = task.failure.code
            output["message"] = task.failure.message
        output.update(self._make_results(task, now))
        return output

    def _make_results(self, task: Task, now: datetime) -> dict[str, object]:
        shape = self._find_shape(task)
        members: dict[str, object] = {}
        if task.status is TaskStatus.SUCCEEDED:
            members = make_result_members(
                task,
                shape,
                lambda position, result: self._links.make(
                    task, position, result, now, _HERE_GOES_THE_HOST
                ),
            )
        metrics = _make_metrics(task)
        if shape.start_time and task.scheduled_at is not None and task.status.is_final:
            members["start_time"] = show_time(task.scheduled_at, self._zone)
        if metrics is not None and shape.metrics:
            members[shape.metrics] = metrics
        return members

    def _find_shape(self, task: Task) -> Output:
        """Give the shape of a task's answer; of a model that is gone, the plainest one."""
        model = self._catalogue.find_model(task.model)
        return _PLAIN if model is None else model.output_at(operation_of_name(task.operation))


_PLAIN = Output(shape="results", metrics="task_metrics")


def _make_metrics(task: Task) -> dict[str, int] | None:
    """Count results: zeros while running, none before (contract/image-models.md, 4)."""
    if task.generation is None or task.status in {TaskStatus.PENDING, TaskStatus.CANCELED}:
        return None
    total = task.generation.count
    made = sum(is_made(result) for result in task.results)
    failed = total - made if task.status.is_final else 0
    return {"TOTAL": total, "SUCCEEDED": made, "FAILED": failed}
