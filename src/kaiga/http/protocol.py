"""HTTP/1.1 as uvicorn reads it, with bounds on a request's head and a short way for small calls.

A head is read before any key is judged, so it is bounded for everybody. Most calls of this API
are polls and creates of a few hundred bytes: they are handed to the application whole and
answered with one write. Whatever is out of the ordinary takes uvicorn's own way, through ASGI.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from kaiga.domain.errors import RequestRefused
from kaiga.domain.ids import RequestId, draw_request_id
from kaiga.http.application import HttpApplication
from kaiga.http.asgi import Answer, Call, Connection, Header, Headers, Message, StreamedAnswer
from kaiga.http.bodies import ClientGone
from kaiga.http.dashscope.routes import PREFIX
from kaiga.http.kept_fields import KeptFields, keep_fields
from kaiga.http.operations.service import HEALTH_PATH
from kaiga.http.patience import LONGEST_SILENCE_SECONDS, LOOK_SECONDS, Patience
from kaiga.http.quiet_ends import let_end_quietly, tell_of_leaving
from kaiga.http.small_cycle import SmallCycle
from kaiga.http.written_answers import write_answer, write_headers

LARGEST_HEAD_BYTES = 64 * 1024
"""Request line and headers together; servers commonly stop between 8 and 64 KiB."""

_LARGEST_SMALL_BODY = 64 * 1024
_LARGEST_SMALL_LENGTH_DIGITS = 5
_HEAD_TOO_LONG = f"The request line and headers must be at most {LARGEST_HEAD_BYTES} bytes."
_NEEDS_MORE = frozenset({b"transfer-encoding", b"x-dashscope-sse", b"cookie"})
"""Headers of calls whose body or answer comes in parts, or that a session may speak for."""
_SMALL_CALLS = (PREFIX.encode(), HEALTH_PATH.encode())

_encode = msgspec.json.Encoder().encode


class KaigaHttpProtocol(HttpToolsProtocol):
    """Closes a connection whose request does not arrive; refuses in the API's own form."""

    _application: HttpApplication | None = None
    _draw_request_id: Callable[[], RequestId]
    _connection: Connection
    _has_left: asyncio.Event

    _is_reading = False
    _is_in_head = False
    _head_bytes = 0
    _calls_begun = 0
    _last_small = 0
    """Which of the calls begun was the last small one that came whole."""
    _is_small = False
    _small_method = ""
    _small_headers: Headers
    _small_body = b""
    _kept: KeptFields | None = None
    _under_way: RequestResponseCycle | None = None
    """The last call that began to be served by ASGI; `cycle` may be one that waits behind it."""

    _default_headers: list[Header] | None = None
    _written_headers = b""

    _patience: Patience
    _watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]  uvicorn's own signature
        """Begin to watch the connection; see `asyncio.Protocol`."""
        super().connection_made(transport)
        self.timeout_keep_alive = LONGEST_SILENCE_SECONDS
        if isinstance(self.app, HttpApplication):  # pyright: ignore[reportUnknownMemberType]  any ASGI application
            self._application = self.app
            self._draw_request_id = self.app.draw_request_id
        self._patience = Patience()
        self._watch = self.loop.call_later(LOOK_SECONDS, self._look)
        self._has_left = asyncio.Event()
        self._connection = Connection(
            receive=self._wait_for_leaving,
            scheme=self.scheme or "http",
            client=self.client,
            server=self.server,
        )

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop watching; see `asyncio.Protocol`."""
        if self._watch is not None:
            self._watch.cancel()
        self._has_left.set()
        self._unset_keepalive_if_required()
        if self._under_way is not None:
            tell_of_leaving(self._under_way)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what has arrived; see `asyncio.Protocol`."""
        self._patience.has_heard = True
        call = self._find_repeated(data)
        if call is None:
            self._read(data)
        else:
            self._unset_keepalive_if_required()
            self._begin_answer(call)

    def _find_repeated(self, data: bytes) -> Call | None:
        """Give the call that comes whole, and with the header fields of an earlier one."""
        kept = self._kept
        if kept is None or self._is_reading or not self._can_answer_at_once():
            return None
        call = kept.read(data)
        return None if call is None else self._make_call(*call, kept.headers)

    def _read(self, data: bytes) -> None:
        """Have the parser read, and keep the fields of a small call that is all of `data`."""
        was_reading, begun_before = self._is_reading, self._calls_begun
        super().data_received(data)
        if self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > LARGEST_HEAD_BYTES and not self.transport.is_closing():
                self.send_400_response(_HEAD_TOO_LONG)
        is_alone = not was_reading and self._calls_begun == begun_before + 1
        if is_alone and self._last_small == self._calls_begun:
            self._kept = keep_fields(data, self._small_headers, len(self._small_body))

    def on_message_begin(self) -> None:
        """Begin to read a head; what uvicorn prepares here waits until it is wanted."""
        self.url = b""
        self.headers = []
        self.expect_100_continue = False
        self._is_reading = self._is_in_head = True
        self._calls_begun += 1
        self._head_bytes = 0
        self._patience.begin_request()

    def on_headers_complete(self) -> None:
        """Choose the short way for a small call, uvicorn's for all others."""
        self._is_in_head = False
        self._is_small = self._can_be_small()
        self._small_body = b""
        if not self._is_small:
            read = self.url, self.headers, self.expect_100_continue
            super().on_message_begin()
            self.url, self.headers, self.expect_100_continue = read
            self.scope["headers"] = self.headers
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Collect a small body; its length was announced and is bounded."""
        if self._is_small:
            self._small_body += body
        else:
            super().on_body(body)

    def on_message_complete(self) -> None:
        """Answer a small call, now that all of it is here."""
        self._is_reading = False
        if not self._is_small:
            super().on_message_complete()
            return
        self._is_small = False
        self._last_small = self._calls_begun
        self._small_headers = Headers(self.headers)
        path = self.url.decode("ascii")
        call = self._make_call(self._small_method, path, self._small_body, self._small_headers)
        self._begin_answer(call)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is not HTTP, flat and as JSON like every other error."""
        request_id = draw_request_id()
        error = {"code": RequestRefused.code, "message": msg, "request_id": request_id}
        body = _encode(error)
        head = (
            "HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\n"
            f"content-length: {len(body)}\r\nx-request-id: {request_id}\r\n"
            "connection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._under_way = cycle
        super()._start_asgi_task(cycle, let_end_quietly(app, cycle))

    def _can_answer_at_once(self) -> bool:
        """Tell whether the answers to all earlier calls are out."""
        return (
            self.cycle is None or self.cycle.response_complete  # pyright: ignore[reportUnnecessaryComparison]  it is None before the first request
        ) and not self.flow.write_paused

    def _can_be_small(self) -> bool:
        """Tell whether the short way is sure to do what uvicorn's would."""
        parser, url = self.parser, self.url
        return (
            parser is not None
            and url.startswith(_SMALL_CALLS)
            and b"?" not in url
            and b"%" not in url
            and url.isascii()
            and self._application is not None
            and self._can_answer_at_once()
            and self._note_method(parser.get_method())
            and parser.get_http_version() == "1.1"
            and parser.should_keep_alive()
            and not parser.should_upgrade()
            and not self.expect_100_continue
            and self._is_body_small()
        )

    def _note_method(self, method: bytes) -> bool:
        self._small_method = method.decode("ascii")
        return self._small_method in {"GET", "POST"}

    def _is_body_small(self) -> bool:
        length = b"0"
        for name, value in self.headers:
            if name in _NEEDS_MORE:
                return False
            if name == b"content-length":
                length = value
        return (
            length.isdigit()
            and len(length) <= _LARGEST_SMALL_LENGTH_DIGITS
            and int(length) <= _LARGEST_SMALL_BODY
        )

    def _make_call(self, method: str, path: str, body: bytes, headers: Headers) -> Call:
        return Call(
            method=method,
            path=path,
            connection=self._connection,
            headers=headers,
            request_id=self._draw_request_id(),
            body=body,
        )

    async def _wait_for_leaving(self) -> Message:
        """Stand in for ASGI's: a small call came whole, so only the client's leaving is to come."""
        await self._has_left.wait()
        return {"type": "http.disconnect"}

    def _begin_answer(self, call: Call) -> None:
        application = self._application
        if application is None:
            raise TypeError("the short way is for our own application")
        answer = application.find_instant_answer(call)
        if answer is not None:
            self._write(call, answer)
            return
        cycle = SmallCycle(self._has_left)
        self.cycle = cycle  # pyright: ignore[reportAttributeAccessIssue]  it has all that is looked at
        rest = application.begin(call, partial(self._answer_if_there, cycle, call))
        if rest is None:
            return
        task = self.loop.create_task(self._answer_later(cycle, call, rest))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _answer_later(
        self, cycle: SmallCycle, call: Call, rest: Awaitable[Answer | StreamedAnswer]
    ) -> None:
        try:
            answer = await rest
            if isinstance(answer, StreamedAnswer):
                raise TypeError("a call that asks for a stream never takes the short way")
        except ClientGone:
            self.transport.close()
            return
        self._answer_if_there(cycle, call, answer)

    def _answer_if_there(self, cycle: SmallCycle, call: Call, answer: Answer) -> None:
        if not cycle.disconnected and not self.transport.is_closing():
            self._answer(cycle, call, answer)

    def _answer(self, cycle: SmallCycle, call: Call, answer: Answer) -> None:
        self._write(call, answer, b"" if cycle.keep_alive else b"connection: close\r\n")
        cycle.response_complete = True
        if not cycle.keep_alive:
            self.transport.close()
        if self.pipeline:
            self.on_response_complete()

    def _write(self, call: Call, answer: Answer, more_headers: bytes = b"") -> None:
        state = self.server_state
        if self._default_headers is not state.default_headers:  # a new list for each new date
            self._default_headers = state.default_headers
            self._written_headers = write_headers(state.default_headers)
        more_headers += self._written_headers
        self.transport.write(write_answer(answer, call.request_id, more_headers))
        state.total_requests += 1

    def _look(self) -> None:
        """Close a connection that has said nothing, or whose request stands still, for too long."""
        is_arriving = self._is_in_head or self._is_small
        is_idle = not is_arriving and (self.cycle is None or self.cycle.response_complete)  # pyright: ignore[reportUnnecessaryComparison]  None before the first request
        is_new = not self._calls_begun
        if self._patience.is_over(is_arriving=is_arriving, is_new=is_new, is_idle=is_idle):
            self.transport.close()
            return
        self._watch = self.loop.call_later(LOOK_SECONDS, self._look)
