"""Answers those who wait for a task's results, in one piece or as server-sent events."""

import asyncio
from collections.abc import AsyncGenerator

import msgspec
import structlog

from kaiga.domain.errors import KaigaError, TaskFailed, WaitedTooLong
from kaiga.domain.tasks import Task, TaskStatus
from kaiga.http.asgi import Answer, Call, Header, StreamedAnswer
from kaiga.http.dashscope.engine_names import EngineOf, name_engine
from kaiga.http.dashscope.rendering import RenderedTask, TaskRenderer
from kaiga.http.errors import make_error_answer
from kaiga.http.identity import PublicAddress
from kaiga.http.presence import get_while_client_stays
from kaiga.ports.clock import Calendar
from kaiga.service.reading.await_task import AwaitTask

_log = structlog.get_logger(__name__)
_EVENTS: Header = (b"content-type", b"text/event-stream;charset=UTF-8")
_NO_CACHE: Header = (b"cache-control", b"no-cache, no-store")
_SIGN_OF_LIFE = b": waiting\n\n"
_SIGN_OF_LIFE_SECONDS = 15.0
"""Below the idle limits that proxies usually have."""

_CANCELED = TaskFailed("TaskCanceled", "The task was canceled.")

_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


class SynchronousAnswers:
    """The results of a task are those of its row; a call that is cut off loses nothing of them."""

    def __init__(
        self,
        *,
        await_task: AwaitTask,
        renderer: TaskRenderer,
        address: PublicAddress,
        calendar: Calendar,
        engine_of: EngineOf,
        sign_of_life_seconds: float = _SIGN_OF_LIFE_SECONDS,
    ) -> None:
        self._await_task = await_task
        self._renderer = renderer
        self._address = address
        self._calendar = calendar
        self._sign_of_life_seconds = sign_of_life_seconds
        self._engine_of = engine_of

    async def wait(self, call: Call, task: Task) -> Answer:
        """Answer with the results of a task, once it has ended.

        Raises:
            TaskFailed: it ended without any.
            WaitedTooLong: it has not ended in time, or this server stops before it has.
            ClientGone: there is nobody left to answer; the task goes on.
        """
        try:
            ended = await get_while_client_stays(call, self._await_task(task.id))
        except asyncio.CancelledError:  # only a server that stops does not let calls end
            raise WaitedTooLong from None
        rendered = self._render(ended)
        return Answer(body=self._write(call, rendered), headers=rendered.headers)

    def stream(self, call: Call, task: Task | KaigaError) -> StreamedAnswer:
        """Answer with events; an error is an event as well, and the status 200 all the same."""
        headers = (_EVENTS, _NO_CACHE)
        if isinstance(task, Task):
            headers = (*headers, name_engine(self._engine_of(task.catalogue_model)))
        return StreamedAnswer(parts=self._make_events(call, task), headers=headers)

    def _render(self, task: Task) -> RenderedTask:
        if task.status is not TaskStatus.SUCCEEDED:
            failure = task.failure
            raise _CANCELED if failure is None else TaskFailed(failure.code, failure.message)
        return self._renderer.render_result(task, self._calendar.now(task.account))

    def _write(self, call: Call, rendered: RenderedTask) -> bytes:
        base_url = self._address.base_url(call).encode()
        return b'{"request_id":"%b",%b' % (
            call.request_id.encode(),
            base_url.join(rendered.pieces),
        )

    async def _make_events(self, call: Call, task: Task | KaigaError) -> AsyncGenerator[bytes]:
        if isinstance(task, KaigaError):
            yield _make_error_event(call, task)
            return
        waiting = asyncio.ensure_future(self._await_task(task.id))
        try:
            while not waiting.done():
                await asyncio.wait({waiting}, timeout=self._sign_of_life_seconds)
                if not waiting.done():
                    yield _SIGN_OF_LIFE
            for event in _make_result_events(self._write(call, self._render(waiting.result()))):
                yield event
        except KaigaError as error:
            yield _make_error_event(call, error)
        except asyncio.CancelledError:  # the server stops, or there is nobody left to read this
            yield _make_error_event(call, WaitedTooLong())
        except Exception:  # noqa: BLE001  the edge: a bug is told to the log alone
            _log.exception("a bug in a stream", request_id=call.request_id)
            yield _make_error_event(call, KaigaError())
        finally:
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)


def _make_result_events(body: bytes) -> list[bytes]:
    """Cut an answer into one event for each item of content; the last one says that it is done.

    Source: contract/image-models.md, 7: `finish_reason` is null until the end.
    """
    answer = _decode(body)
    choices = answer["output"].get("choices", [])
    items = [item for choice in choices for item in choice["message"]["content"]]
    if not items:
        return [_make_event(1, "result", 200, body)]
    events: list[bytes] = []
    for number, item in enumerate(items, 1):
        is_last = number == len(items)
        message = {"role": "assistant", "content": [item]}
        choice = {"finish_reason": "stop" if is_last else "null", "message": message}
        output = {**answer["output"], "choices": [choice]}
        if "finished" in output:
            output["finished"] = is_last
        events.append(_make_event(number, "result", 200, _encode({**answer, "output": output})))
    return events


def _make_error_event(call: Call, error: KaigaError) -> bytes:
    """Write an error; its data begin with the code, by which one client knows it."""
    answer = make_error_answer(error, call.request_id)
    return _make_event(1, "error", answer.status, answer.body)


def _make_event(number: int, kind: str, status: int, data: bytes) -> bytes:
    """Write one event, with no space after the colons (contract/clients.md, 24)."""
    return b"id:%d\nevent:%b\n:HTTP_STATUS/%d\ndata:%b\n\n" % (
        number,
        kind.encode(),
        status,
        data,
    )
