"""The whole HTTP edge as one ASGI application: finds the route, answers whatever it raises."""

from collections.abc import Awaitable, Callable, Sequence

import structlog

from kaiga.domain.errors import KaigaError
from kaiga.http.asgi import (
    Answer,
    AnswerCut,
    Call,
    Receive,
    Scope,
    Send,
    StreamedAnswer,
    read_call,
    send_answer,
    send_stream,
)
from kaiga.http.bodies import ClientGone
from kaiga.http.dashscope.routes import GROUPS, PREFIX, DashscopeRoutes
from kaiga.http.errors import make_error_answer
from kaiga.http.files.receiving import UPLOAD_PATH, UploadRoute
from kaiga.http.files.serving import FileRoute
from kaiga.http.openai.refusals import OPENAI_GROUPS, OPENAI_PREFIX, make_openai_refusal
from kaiga.http.operations.routing import RouteTable
from kaiga.http.operations.service import HEALTH_PATH, HEALTHY
from kaiga.http.sessions import let_session_in
from kaiga.ports.tracer import Facts, Tracer
from kaiga.service.request_ids import RequestIds

_log = structlog.get_logger(__name__)
_FILES = "/1d/"
_SERVICE_AT_FAULT = 500


class HttpApplication:
    """Routes calls; it never redirects, and it never lets an exception out."""

    def __init__(
        self,
        *,
        dashscope: DashscopeRoutes,
        files: FileRoute,
        uploads: UploadRoute,
        operations: RouteTable,
        on_stop: Sequence[Callable[[], None]],
        tracer: Tracer | None = None,
    ) -> None:
        self._dashscope = dashscope
        self._files = files
        self._uploads = uploads
        self._operations = operations
        self._tracer = tracer
        self._on_stop = on_stop
        self.draw_request_id = RequestIds().draw

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one ASGI connection."""
        if scope["type"] != "http":
            await _refuse(scope, receive, send)
            return
        call = read_call(scope, receive, self.draw_request_id())
        let_session_in(call.method, call.headers)
        try:
            if call.path.startswith(_FILES):
                await self._files(call, send)
            else:
                answer = await self.answer(call)
                if isinstance(answer, StreamedAnswer):
                    await send_stream(send, call, answer)
                else:
                    await send_answer(send, call, answer)
        except ClientGone:
            return
        except AnswerCut as error:
            _log.warning(
                "an answer was cut short",
                path=call.path,
                request_id=call.request_id,
                reason=repr(error.__cause__),
            )

    async def answer(self, call: Call) -> Answer | StreamedAnswer:
        """Answer any call but for a file; errors are answers too.

        Raises:
            ClientGone: there is nobody left to answer.
        """
        if self._tracer is None or not call.path.startswith((PREFIX, OPENAI_PREFIX)):
            return await _answer_all(call, self._route(call))
        name, facts = _describe(call)
        parent = call.header(b"traceparent")
        with self._tracer.begin(name, facts, parent=parent, is_request=True) as span:
            answer = await _answer_all(call, self._route(call))
            span.tell({"http.response.status_code": answer.status})
            if answer.status >= _SERVICE_AT_FAULT:
                span.fail(str(answer.status))
        return answer

    def begin(
        self, call: Call, respond: Callable[[Answer], None]
    ) -> Awaitable[Answer | StreamedAnswer] | None:
        """Answer a call, with nobody awaiting it where that can be done: a plain create.

        None says so: then `respond` is called once, now or later. Everything else is given back
        to be awaited as `answer` would be, and `respond` is never called.
        """
        if self._tracer is not None or not call.path.startswith(PREFIX):
            return self.answer(call)

        def settle(outcome: Answer | Exception) -> None:
            is_answer = isinstance(outcome, Answer)
            respond(outcome if is_answer else _make_failure_answer(call, outcome))

        try:
            rest = self._dashscope.begin(call, settle)
        except Exception as error:  # noqa: BLE001  the edge: a bug is told to the log alone
            settle(error)
            return None
        return None if rest is None else _answer_all(call, rest)

    def _route(self, call: Call) -> Awaitable[Answer | StreamedAnswer]:
        if call.path.startswith(PREFIX):
            return self._dashscope(call)
        if call.path.rstrip("/") == UPLOAD_PATH:
            return self._uploads(call)
        return self._operations(call)

    def stop_waiting(self) -> None:
        """End what waits for something to happen, since the server stops: held polls, streams."""
        for stop in self._on_stop:
            stop()

    def find_instant_answer(self, call: Call) -> Answer | None:
        """Answer a call that needs to wait for nothing; None where `answer` is to be asked."""
        if call.path == HEALTH_PATH and call.method == "GET":
            return HEALTHY
        try:
            return self._dashscope.find_instant_answer(call)
        except Exception as error:  # noqa: BLE001  as above
            return _make_failure_answer(call, error)


def _describe(call: Call) -> tuple[str, Facts]:
    """Name a call for a trace by method and route: what clients put into a path stays out."""
    prefix, groups = (
        (PREFIX, GROUPS) if call.path.startswith(PREFIX) else (OPENAI_PREFIX, OPENAI_GROUPS)
    )
    group = call.path[len(prefix) :].partition("/")[0]
    route = f"{prefix}{group}" if group in groups else prefix.rstrip("/")
    facts = {
        "http.request.method": call.method,
        "http.route": route,
        "kaiga.request_id": call.request_id,
    }
    return f"{call.method} {route}", facts


async def _answer_all(
    call: Call, answering: Awaitable[Answer | StreamedAnswer]
) -> Answer | StreamedAnswer:
    """Await an answer; errors are answers too."""
    try:
        return await answering
    except ClientGone:
        raise
    except Exception as error:  # noqa: BLE001  the edge: a bug is told to the log alone
        return _make_failure_answer(call, error)


def _make_failure_answer(call: Call, error: Exception) -> Answer:
    if not isinstance(error, KaigaError):
        _log.error("a bug in a route", path=call.path, request_id=call.request_id, exc_info=error)
        error = KaigaError()
    if call.path.startswith(OPENAI_PREFIX):
        return make_openai_refusal(error)
    return make_error_answer(error, call.request_id)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    """Turn away what is not HTTP: there are no web sockets here."""
    await receive()
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
