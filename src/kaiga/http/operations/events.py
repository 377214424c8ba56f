"""How tasks come on, as server-sent events: at `/kaiga/v1/events` and below each task."""

import asyncio
import base64
import re
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

import msgspec
import structlog

from kaiga.domain.errors import KaigaError, MethodRefused, StoreUnavailable, TaskUnknown
from kaiga.domain.ids import AccountId
from kaiga.domain.keys import Caller
from kaiga.domain.media import recognise_media
from kaiga.domain.tasks import Task
from kaiga.http.asgi import Call, Header, StreamedAnswer
from kaiga.http.callers import Callers
from kaiga.http.dashscope.rendering import TaskRenderer
from kaiga.http.identity import PublicAddress
from kaiga.http.operations.routing import Route
from kaiga.ports.clock import Calendar
from kaiga.service.events.event_log import TaskEvent
from kaiga.service.events.event_subscription import EventSubscription
from kaiga.service.events.task_events import TaskEvents
from kaiga.service.reading.inspect_task import InspectTask

_log = structlog.get_logger(__name__)
_HEADERS: tuple[Header, ...] = (
    (b"content-type", b"text/event-stream;charset=UTF-8"),
    (b"cache-control", b"no-cache, no-store"),
    (b"x-accel-buffering", b"no"),
)
"""The last one keeps nginx from collecting events before it passes them on."""
_BEGINNING = b"retry:2000\n\n"
_SIGN_OF_LIFE = b": waiting\n\n"
_SIGN_OF_LIFE_SECONDS = 15.0
"""Below the idle limits that proxies usually have."""
_LONGEST_STREAM_SECONDS = 900.0
"""Then the client comes again with its key, which may have been revoked, and misses nothing."""
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)

_encode = msgspec.json.Encoder().encode


class EventRoutes:
    """Streams of events for those who may see the tasks; each ends as the query tells it."""

    def __init__(
        self,
        *,
        events: TaskEvents,
        inspect_task: InspectTask,
        callers: Callers,
        renderer: TaskRenderer,
        address: PublicAddress,
        calendar: Calendar,
        sign_of_life_seconds: float = _SIGN_OF_LIFE_SECONDS,
        longest_stream_seconds: float = _LONGEST_STREAM_SECONDS,
    ) -> None:
        self._events = events
        self._inspect_task = inspect_task
        self._callers = callers
        self._renderer = renderer
        self._address = address
        self._calendar = calendar
        self._sign_of_life_seconds = sign_of_life_seconds
        self._longest_stream_seconds = longest_stream_seconds

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", "/kaiga/v1/events", self._follow_account),
            Route("GET", "/kaiga/v1/tasks/{task_id}/events", self._follow_task),
        )

    async def _follow_account(self, call: Call) -> StreamedAnswer:
        caller = await self._identify(call)
        return await self._follow(call, caller, caller.principal.account, caller.region, None)

    async def _follow_task(self, call: Call, task_id: str) -> StreamedAnswer:
        caller = await self._identify(call)
        task = await self._inspect_task(caller, task_id)
        return await self._follow(call, caller, task.account, task.region, task)

    async def _identify(self, call: Call) -> Caller:
        caller = await self._callers.identify(call)
        if call.method == "HEAD":
            raise MethodRefused(call.method)
        return caller

    async def _follow(
        self, call: Call, caller: Caller, account: AccountId, region: str, task: Task | None
    ) -> StreamedAnswer:
        last = _read_last_number(call)
        subscription = await self._events.subscribe(account, region, task, last)
        return StreamedAnswer(
            parts=self._make_parts(call, caller, subscription),
            headers=_HEADERS,
            on_end=lambda: self._events.unsubscribe(account, subscription),
        )

    async def _make_parts(
        self, call: Call, caller: Caller, subscription: EventSubscription
    ) -> AsyncGenerator[bytes]:
        yield _BEGINNING
        try:
            async with aclosing(self._read(subscription)) as events:
                async for event in events:
                    yield _SIGN_OF_LIFE if event is None else await self._write(call, caller, event)
                    if event is not None and event.kind == "end" and subscription.task_id:
                        return
            yield f": {subscription.ending or 'time to come again'}\n\n".encode()
        except StoreUnavailable as error:
            yield f": {error}\n\n".encode()
        except Exception:  # noqa: BLE001  the edge: a bug is told to the log alone
            _log.exception("a bug in a stream", request_id=call.request_id)
            yield f": {KaigaError.message}\n\n".encode()

    async def _read(self, subscription: EventSubscription) -> AsyncGenerator[TaskEvent | None]:
        """Give events as they come, and None now and then while there are none."""
        clock = asyncio.get_running_loop().time
        until = clock() + self._longest_stream_seconds
        for event in subscription.backlog:
            yield event
        while clock() < until:
            event = await subscription.find_next(self._sign_of_life_seconds)
            if event is None and subscription.ending is not None:
                return
            yield event

    async def _write(self, call: Call, caller: Caller, event: TaskEvent) -> bytes:
        if event.kind == "end":
            data = await self._write_end(call, caller, event)
        elif event.preview:
            data = _encode({"task_id": event.task_id, **event.members, **_show(event.preview)})
        else:
            data = _encode({"task_id": event.task_id, **event.members})
        number = b"" if event.number is None else b"id:%d\n" % event.number
        return b"%bevent:%b\ndata:%b\n\n" % (number, event.kind.encode(), data)

    async def _write_end(self, call: Call, caller: Caller, event: TaskEvent) -> bytes:
        """Write what the query says of a task that has ended."""
        try:
            task = await self._inspect_task(caller, event.task_id)
        except TaskUnknown:
            unknown = {"task_id": event.task_id, "task_status": "UNKNOWN"}
            return _encode({"task_id": event.task_id, "output": unknown})
        rendered = self._renderer.render(task, self._calendar.now(task.account))
        rest = self._address.base_url(call).encode().join(rendered.pieces)
        return b'{"task_id":"%b",%b' % (task.id.encode(), rest)


def _show(preview: bytes) -> dict[str, object]:
    """Write a picture as a data URI; one that nobody can open is left out."""
    kind = recognise_media(preview)
    if kind is None:
        return {}
    return {"preview": f"data:{kind.name};base64,{base64.b64encode(preview).decode()}"}


def _read_last_number(call: Call) -> int | None:
    """Give the number of the last event that a client has seen; None for none of ours."""
    said = call.header(b"last-event-id").strip()
    return int(said) if _NUMBER.fullmatch(said) else None
