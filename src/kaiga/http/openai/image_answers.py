"""Answers with the pictures of a task: in one piece, or as events while they are made."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from dataclasses import dataclass
from typing import Literal

import msgspec
import structlog

from kaiga.domain.errors import (
    KaigaError,
    ObjectMissing,
    ResultGone,
    TaskFailed,
    TryLater,
    WaitedTooLong,
)
from kaiga.domain.instants import milliseconds_since_epoch
from kaiga.domain.showing import find_sides
from kaiga.domain.tasks import StoredResult, Task, TaskStatus
from kaiga.http.asgi import JSON, NO_STORE, Answer, Call, Header, StreamedAnswer
from kaiga.http.identity import PublicAddress
from kaiga.http.openai.image_wishes import ImageWish
from kaiga.http.openai.ordering import name_task
from kaiga.http.openai.refusals import describe_error, make_openai_refusal
from kaiga.http.presence import wait_while_client_stays
from kaiga.ports.clock import Calendar
from kaiga.ports.object_store import ObjectStore
from kaiga.service.events.event_subscription import EventSubscription
from kaiga.service.events.task_events import TaskEvents
from kaiga.service.links.drawn_results import HaveDrawn
from kaiga.service.links.result_links import ResultLinks
from kaiga.service.reading.await_task import AwaitTask

EventGroup = Literal["image_generation", "image_edit"]
"""What the names of a stream's events begin with."""

_log = structlog.get_logger(__name__)
_EVENTS: tuple[Header, ...] = (
    (b"content-type", b"text/event-stream;charset=UTF-8"),
    (b"cache-control", b"no-cache, no-store"),
    (b"x-accel-buffering", b"no"),
)
_SIGN_OF_LIFE = b": waiting\n\n"
_SIGN_OF_LIFE_SECONDS = 15.0
"""Below the idle limits that proxies usually have."""
_CANCELED = TaskFailed("TaskCanceled", "The task was canceled.")

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageAnswers:
    """The task is there whatever becomes of the call; every answer names it in a header."""

    await_task: AwaitTask
    events: TaskEvents
    have_drawn: HaveDrawn
    links: ResultLinks
    objects: ObjectStore
    address: PublicAddress
    calendar: Calendar

    async def answer(self, call: Call, task: Task, wish: ImageWish) -> Answer:
        """Answer with all pictures once the task has ended, or with why there are none.

        Raises:
            ClientGone: there is nobody left to answer; the task goes on.
        """
        waiting = asyncio.ensure_future(self._await_end(task))
        try:
            await wait_while_client_stays(call, waiting)
            ended = waiting.result()
            pictures = [
                await self._show(call, ended, position, result, wish)
                for position, result in _list_pictures(ended)
            ]
        except KaigaError as error:
            return make_openai_refusal(error, (name_task(task),))
        except asyncio.CancelledError:  # only a server that stops does not let calls end
            return make_openai_refusal(WaitedTooLong(), (name_task(task),))
        told = {**_tell_setting(ended), "created": _find_second(ended), "data": pictures}
        body = await asyncio.to_thread(_encode, told)
        return Answer(headers=(JSON, NO_STORE, name_task(task)), body=body)

    def stream(self, call: Call, task: Task, wish: ImageWish, group: EventGroup) -> StreamedAnswer:
        """Answer with events: unfinished pictures where there are some, then the finished ones."""
        return StreamedAnswer(
            parts=self._make_parts(call, task, wish, group), headers=(*_EVENTS, name_task(task))
        )

    async def _await_end(self, task: Task) -> Task:
        """Give the task once it has SUCCEEDED.

        Raises:
            TaskFailed: it ended otherwise.
            WaitedTooLong: it has not ended in time.
        """
        ended = await self.await_task(task.id)
        if ended.status is TaskStatus.SUCCEEDED:
            return ended
        failure = ended.failure
        raise _CANCELED if failure is None else TaskFailed(failure.code, failure.message)

    async def _show(
        self, call: Call, task: Task, position: int, result: StoredResult, wish: ImageWish
    ) -> Mapping[str, object]:
        shown: dict[str, object] = {}
        if task.actual_prompt is not None:
            shown["revised_prompt"] = task.actual_prompt
        if wish.as_url:
            now, base_url = self.calendar.now(task.account), self.address.base_url(call)
            return {"url": self.links.make(task, position, result, now, base_url), **shown}
        return {"b64_json": await self._read(task, result), **shown}

    async def _read(self, task: Task, result: StoredResult) -> bytes:
        """Give a picture's file, which JSON holds as base64."""
        try:
            ready = await self.have_drawn(task, result)
            return await self.objects.read(ready.object_key)
        except ObjectMissing:
            raise ResultGone from None

    async def _make_parts(
        self, call: Call, task: Task, wish: ImageWish, group: EventGroup
    ) -> AsyncGenerator[bytes]:
        waiting = asyncio.ensure_future(self._await_end(task))
        subscription = await self._subscribe(task) if wish.partial_images else None
        try:
            async for part in self._follow(waiting, subscription, task, wish, group):
                yield part
            ended = waiting.result()
            for _, result in _list_pictures(ended):
                picture = {"b64_json": await self._read(ended, result)}
                yield _write_event(f"{group}.completed", _tell_event(ended, picture))
        except KaigaError as error:
            yield _write_event("error", describe_error(error))
        except asyncio.CancelledError:  # the server stops, or there is nobody left to read this
            yield _write_event("error", describe_error(WaitedTooLong()))
        except Exception:  # noqa: BLE001  the edge: a bug is told to the log alone
            _log.exception("a bug in a stream", request_id=call.request_id)
            yield _write_event("error", describe_error(KaigaError()))
        finally:
            if subscription is not None:
                self.events.unsubscribe(task.account, subscription)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)

    async def _subscribe(self, task: Task) -> EventSubscription | None:
        try:
            return await self.events.subscribe(task.account, task.region, task, None)
        except TryLater:
            return None  # there are many readers: this one sees the finished pictures alone

    async def _follow(
        self,
        waiting: asyncio.Future[Task],
        subscription: EventSubscription | None,
        task: Task,
        wish: ImageWish,
        group: EventGroup,
    ) -> AsyncGenerator[bytes]:
        """Give what is to be seen before the end; unfinished pictures no more than are wanted."""
        shown = 0
        while not waiting.done():
            preview = await _find_preview(
                waiting, subscription if shown < wish.partial_images else None
            )
            if preview:
                picture = {"b64_json": preview, "partial_image_index": shown}
                yield _write_event(f"{group}.partial_image", _tell_event(task, picture))
                shown += 1
            elif not waiting.done():
                yield _SIGN_OF_LIFE


async def _find_preview(
    waiting: asyncio.Future[Task], subscription: EventSubscription | None
) -> bytes:
    """Wait for the end, an unfinished picture, or the time for a sign of life."""
    if subscription is None or subscription.ending is not None:
        await asyncio.wait({waiting}, timeout=_SIGN_OF_LIFE_SECONDS)
        return b""
    coming = asyncio.ensure_future(subscription.find_next(_SIGN_OF_LIFE_SECONDS))
    try:
        await asyncio.wait({waiting, coming}, return_when=asyncio.FIRST_COMPLETED)
        event = coming.result() if coming.done() else None
        return b"" if event is None else event.preview
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


def _list_pictures(task: Task) -> list[tuple[int, StoredResult]]:
    return [
        (position, result)
        for position, result in enumerate(task.results)
        if isinstance(result, StoredResult) and not result.part
    ]


def _tell_event(task: Task, picture: Mapping[str, object]) -> Mapping[str, object]:
    return {**_tell_setting(task), "created_at": _find_second(task), **picture}


def _tell_setting(task: Task) -> Mapping[str, object]:
    """Tell what OpenAI's answers repeat of how a picture was to be."""
    sides = find_sides(task)
    kinds = [result.media_type.rpartition("/")[2] for _, result in _list_pictures(task)]
    return {
        "background": "opaque",
        "output_format": kinds[0] if kinds else "png",
        "quality": "auto",
        "size": f"{sides[0]}x{sides[1]}" if sides else "auto",
    }


def _find_second(task: Task) -> int:
    return milliseconds_since_epoch(task.ended_at or task.submitted_at) // 1000


def _write_event(kind: str, data: Mapping[str, object]) -> bytes:
    """Write one event; its kind stands in its data as well, as OpenAI's do, but for an error's."""
    told = data if kind == "error" else {"type": kind, **data}
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), _encode(told))
