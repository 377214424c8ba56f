"""`/v1/videos`: clips as jobs that are made, asked for, listed, fetched and deleted."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import Model
from kaiga.domain.errors import ParameterRefused, TaskUnknown, VideoUnknown
from kaiga.domain.ids import is_task_id
from kaiga.domain.keys import Caller
from kaiga.domain.tasks import Task
from kaiga.http.asgi import JSON, NO_STORE, Answer, Call, StreamedAnswer
from kaiga.http.callers import Callers
from kaiga.http.dashscope.queries import read_query
from kaiga.http.openai.ordering import Ordering, name_task
from kaiga.http.openai.video_files import VideoFiles
from kaiga.http.openai.video_shapes import show_video
from kaiga.http.openai.video_wishes import read_video
from kaiga.http.operations.routing import Route
from kaiga.http.standing import add_standing
from kaiga.service.limits.limit_rates import LimitRates
from kaiga.service.owning.delete_task import DeleteTask
from kaiga.service.reading.page_tasks import PageTasks, PageWanted
from kaiga.service.reading.query_task import QueryTask
from kaiga.service.standing.task_standing import TaskStanding

_USUAL_PAGE, _LARGEST_PAGE = 20, 100
_MOST_DIGITS = 9
_ORDERS = ("desc", "asc")

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenaiVideoRoutes:
    """A video is a task that makes a clip, whichever way it was ordered; its id is the task's."""

    callers: Callers
    catalogue: Catalogue
    ordering: Ordering
    query_task: QueryTask
    rates: LimitRates
    standing: TaskStanding
    page_tasks: PageTasks
    delete_task: DeleteTask
    files: VideoFiles

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("POST", "/v1/videos", self._create),
            Route("GET", "/v1/videos", self._list),
            Route("GET", "/v1/videos/{video_id}", self._show),
            Route("DELETE", "/v1/videos/{video_id}", self._delete),
            Route("GET", "/v1/videos/{video_id}/content", self._send),
        )

    async def _create(self, call: Call) -> Answer:
        task, _ = await self.ordering.order(call, "video", read_video)
        return self._answer(task, self._find_model(task))

    async def _show(self, call: Call, video_id: str) -> Answer:
        caller = await self.callers.identify(call)
        self.rates.admit_query(caller.principal)
        return self._answer(*await self._find(caller, video_id))

    async def _list(self, call: Call) -> Answer:
        caller = await self.callers.identify(call)
        wanted = self._read_page(read_query(call))
        tasks, has_more = await self.page_tasks(caller, wanted)
        shown = [
            show_video(task, model, self.standing.find(task))
            for task in tasks
            if (model := self._find_model(task))
        ]
        told = {
            "object": "list",
            "data": shown,
            "first_id": shown[0]["id"] if shown else None,
            "last_id": shown[-1]["id"] if shown else None,
            "has_more": has_more,
        }
        return Answer(body=_encode(told))

    async def _delete(self, call: Call, video_id: str) -> Answer:
        caller = await self.callers.identify(call)
        task, _ = await self._find(caller, video_id)
        try:
            await self.delete_task(caller, task.id)
        except TaskUnknown:
            raise VideoUnknown from None
        told = {"id": task.id, "object": "video.deleted", "deleted": True}
        return Answer(headers=(JSON, NO_STORE, name_task(task)), body=_encode(told))

    async def _send(self, call: Call, video_id: str) -> Answer | StreamedAnswer:
        caller = await self.callers.identify(call)
        task, _ = await self._find(caller, video_id)
        return await self.files.send(call, task)

    async def _find(self, caller: Caller, video_id: str) -> tuple[Task, Model]:
        """Give a task that makes a clip, and its model.

        Raises:
            VideoUnknown: there is none of that id for this caller.
        """
        task = await self.query_task(caller, video_id)
        model = None if task is None else self._find_model(task)
        if task is None or model is None or model.product != "video":
            raise VideoUnknown
        return task, model

    def _find_model(self, task: Task) -> Model | None:
        return self.catalogue.find_model(task.catalogue_model)

    def _answer(self, task: Task, model: Model | None) -> Answer:
        if model is None:
            raise VideoUnknown
        standing = self.standing.find(task)
        headers = (JSON, NO_STORE, name_task(task))
        if not task.status.is_final:
            headers = add_standing(headers, standing)
        return Answer(headers=headers, body=_encode(show_video(task, model, standing)))

    def _read_page(self, asked: dict[str, str]) -> PageWanted:
        models = self.catalogue.list_models()
        return PageWanted(
            models=frozenset(model.name for model in models if model.product == "video"),
            limit=_read_limit(asked.get("limit")),
            after=_read_after(asked.get("after")),
            oldest_first=_read_order(asked.get("order", _ORDERS[0])) == _ORDERS[1],
        )


def _read_limit(text: str | None) -> int:
    if text is None:
        return _USUAL_PAGE
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    if not is_number or not 1 <= int(text) <= _LARGEST_PAGE:
        raise ParameterRefused("limit", f"limit must be a number from 1 to {_LARGEST_PAGE}.")
    return int(text)


def _read_after(text: str | None) -> str | None:
    if text is not None and not is_task_id(text):
        raise ParameterRefused("after", "after must be the id of a video.")
    return text


def _read_order(text: str) -> str:
    if text not in _ORDERS:
        raise ParameterRefused("order", f"order must be {' or '.join(_ORDERS)}.")
    return text
