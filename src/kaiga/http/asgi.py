"""The little of ASGI that the two hot routes need, without a framework in between."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from contextlib import aclosing
from typing import Any, NamedTuple, TypeVar, cast

import msgspec

from kaiga.domain.keys import Caller

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
Header = tuple[bytes, bytes]
T = TypeVar("T")

JSON: Header = (b"content-type", b"application/json")
JSON_UTF8: Header = (b"content-type", b"application/json;charset=UTF-8")
"""Task query, list and cancel answer with this one (contract/core.md, 1.4)."""
NO_STORE: Header = (b"cache-control", b"no-store")
_SLOWEST_READER_SECONDS = 30.0
"""Who reads nothing of a stream for so long holds what others could have."""


class AnswerCut(Exception):
    """An answer could not be finished after its head was sent; the connection has to end."""


class KnownCaller(NamedTuple):
    """A caller as judged while the keys were of that generation."""

    caller: Caller
    generation: int


class Headers(dict[bytes, bytes]):
    """Headers by (lower-case) name; of one that comes more than once, the last counts.

    Calls of one connection that send the very same headers share one object, and with it what
    was judged by them. Calls of two connections never do.
    """

    known_caller: KnownCaller | None = None
    _readings: dict[Callable[["Headers"], object], object] | None = None

    def find_text(self, name: bytes) -> str:
        """Give a header's text, empty where it is missing."""
        return self.get(name, b"").decode("latin-1")

    def read_once(self, read: Callable[["Headers"], T]) -> T:
        """Give what `read` makes of these headers, which is what it made of them before."""
        if self._readings is None:
            self._readings = {}
        if read not in self._readings:
            self._readings[read] = read(self)
        return cast("T", self._readings[read])


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """What a call came by: `http` or `https`, and the addresses of both ends where they are known.

    `receive` is ASGI's: it gives the parts of the body, and at last that the client has left.
    """

    receive: Receive
    scheme: str = "http"
    client: tuple[str, int] | None = None
    server: tuple[str, int | None] | None = None


class Call(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One request: its method in upper case, its decoded path, its query, and its own id."""

    method: str
    path: str
    connection: Connection
    headers: Headers
    request_id: str
    query: bytes = b""
    raw_path: bytes = b""
    """The path as it was sent, where that is known and may differ from the decoded one."""
    body: bytes | None = None
    """The whole body where it has arrived already; None where it is still to be received."""

    def header(self, name: bytes) -> str:
        """Give a header's text, empty where it is missing."""
        return self.headers.find_text(name)


class Answer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A whole answer, small enough to be sent at once.

    `head` is what `write_head` makes of it, where whoever gives the answer has that already.
    """

    body: bytes
    status: int = 200
    headers: tuple[Header, ...] = (JSON, NO_STORE)
    head: bytes = b""


def _do_nothing() -> None:
    pass


class StreamedAnswer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An answer whose body comes in parts, each sent as soon as it is there.

    `on_end` is called once it is over, however that came, and also if no part was ever asked for.
    A client may read nothing for `part_seconds`.
    """

    parts: AsyncGenerator[bytes]
    headers: tuple[Header, ...]
    status: int = 200
    part_seconds: float = _SLOWEST_READER_SECONDS
    on_end: Callable[[], None] = _do_nothing


async def send_stream(send: Send, call: Call, answer: StreamedAnswer) -> None:
    """Send an answer part by part, with the request's id, for as long as the client is there.

    What is sent to a client that has left goes nowhere and tells nothing, so its leaving is
    listened for. A stop of the server ends the parts early; the last one is theirs to choose.

    Raises:
        AnswerCut: the client has read nothing for the answer's `part_seconds`.
    """
    sending = asyncio.ensure_future(_send_parts(send, call, answer))
    leaving = asyncio.ensure_future(wait_for_leaving(call.connection.receive))
    try:
        await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        sending.cancel()
        await asyncio.wait({sending})
    finally:
        for each in (sending, leaving):
            each.cancel()
        await asyncio.gather(sending, leaving, return_exceptions=True)
        answer.on_end()
    if not sending.cancelled():
        sending.result()


async def _send_parts(send: Send, call: Call, answer: StreamedAnswer) -> None:
    headers = [*answer.headers, (b"x-request-id", call.request_id.encode())]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    async with aclosing(answer.parts) as parts:
        async for part in parts:
            message = {"type": "http.response.body", "body": part, "more_body": True}
            try:
                async with asyncio.timeout(answer.part_seconds):
                    await send(message)
            except TimeoutError as error:
                raise AnswerCut from error
    await send({"type": "http.response.body", "body": b""})


async def wait_for_leaving(receive: Receive) -> None:
    """Return once the client has closed its connection."""
    while (await receive())["type"] != "http.disconnect":
        pass  # what a client sends after its request is of no interest


def read_call(scope: Scope, receive: Receive, request_id: str) -> Call:
    """Give the call that an ASGI scope of the type `http` describes."""
    return Call(
        method=scope["method"],
        path=scope["path"],
        connection=Connection(
            receive=receive,
            scheme=scope["scheme"],
            client=scope.get("client"),
            server=scope.get("server"),
        ),
        headers=Headers(scope["headers"]),
        request_id=request_id,
        query=scope.get("query_string", b""),
        raw_path=scope.get("raw_path") or b"",
    )


async def send_answer(send: Send, call: Call, answer: Answer) -> None:
    """Send an answer with its length and the request's id."""
    await send(
        {
            "type": "http.response.start",
            "status": answer.status,
            "headers": [
                *answer.headers,
                (b"content-length", str(len(answer.body)).encode()),
                (b"x-request-id", call.request_id.encode()),
            ],
        }
    )
    body = b"" if call.method == "HEAD" else answer.body
    await send({"type": "http.response.body", "body": body})
