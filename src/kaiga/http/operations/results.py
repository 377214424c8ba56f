"""`/kaiga/v1/results`: what an account has made, newest first; and keeping it for longer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo

import msgspec

from kaiga.domain.errors import FieldInvalid
from kaiga.domain.generation import seed_of_result
from kaiga.domain.ids import TaskId, is_task_id
from kaiga.domain.showing import find_sides, is_shown, make_file_name
from kaiga.domain.tasks import StoredResult, Task
from kaiga.http.asgi import Answer, Call
from kaiga.http.callers import Callers
from kaiga.http.dashscope.queries import read_number, read_query
from kaiga.http.identity import PublicAddress
from kaiga.http.operations.routing import Route
from kaiga.ports.clock import Calendar
from kaiga.ports.result_list import ResultKind
from kaiga.service.emulation.packed_jobs import find_size_bytes
from kaiga.service.links.result_links import ResultLinks
from kaiga.service.owning.keep_task import KeepTask
from kaiga.service.reading.list_results import ListResults

USUAL_PAGE, LARGEST_PAGE = 24, 100
KINDS = ("image", "video")

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRoutes:
    """Answers what there is to look at."""

    callers: Callers
    list_results: ListResults
    keep_task: KeepTask
    links: ResultLinks
    address: PublicAddress
    calendar: Calendar
    zone: tzinfo

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", "/kaiga/v1/results", self._list),
            Route("POST", "/kaiga/v1/tasks/{task_id}/keep", self._keep),
        )

    async def _list(self, call: Call) -> Answer:
        caller = await self.callers.identify(call)
        asked = read_query(call)
        page = await self.list_results(
            caller,
            limit=min(LARGEST_PAGE, read_number("limit", asked.get("limit"), USUAL_PAGE)),
            before=_read_before(asked.get("before")),
            model=asked.get("model"),
            kind=_read_kind(asked.get("kind")),
        )
        base_url = self.address.base_url(call)
        told: dict[str, object] = {
            "request_id": call.request_id,
            "keep_days": self.keep_task.longest.days,
            "results": [
                shown for task in page.tasks for shown in self._show_results(task, base_url)
            ],
            "next_before": page.next_before,
        }
        if page.models is not None:
            told["models"] = page.models
        return Answer(body=_encode(told))

    async def _keep(self, call: Call, task_id: str) -> Answer:
        caller = await self.callers.identify(call)
        expires_at = await self.keep_task(caller, task_id)
        told = {"request_id": call.request_id, "task_id": task_id, "expires_at": expires_at}
        return Answer(body=_encode(told))

    def _show_results(self, task: Task, base_url: str) -> Iterator[Mapping[str, object]]:
        """Make the public form of each file; what is not known is null."""
        order, now = task.generation, self.calendar.now(task.account)
        width, height = find_sides(task) or (None, None)
        for position, result in enumerate(task.results):
            if not isinstance(result, StoredResult) or not is_shown(result):
                continue
            yield {
                "task_id": task.id,
                "number": position + 1,
                "name": make_file_name(task, position, result, self.zone),
                "kind": result.media_type.partition("/")[0],
                "media_type": result.media_type,
                "size_bytes": find_size_bytes(result),
                "width": width,
                "height": height,
                "model": task.model,
                "prompt": order.prompt if order else "",
                "seed": seed_of_result(order, position) if order else None,
                "ended_at": task.ended_at,
                "expires_at": task.expires_at,
                "url": self.links.make_own(task, position, result, now, base_url),
            }


def _read_before(text: str | None) -> TaskId | None:
    if text is not None and not is_task_id(text):
        raise FieldInvalid("before must be the id of a task.")
    return TaskId(text) if text else None


def _read_kind(text: str | None) -> ResultKind | None:
    if text is not None and text not in KINDS:
        raise FieldInvalid(f"kind must be one of {', '.join(KINDS)}.")
    return text
