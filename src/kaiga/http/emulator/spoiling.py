"""Answers that are spoiled on their way out: late, slow, cut, or of another type."""

import asyncio
import contextlib
from collections.abc import Iterable
from typing import cast

from kaiga.http.asgi import Header, Message, Receive, Send, wait_for_leaving

_DROPS = 20
_BODY, _HEAD = "http.response.body", "http.response.start"


async def swallow(_message: Message) -> None:
    """Send nothing."""


class LateSend:
    """Begins to send `seconds` after the answer is there; `listen` tells that the client left."""

    def __init__(self, send: Send, listen: Receive, seconds: float) -> None:
        self._send = send
        self._listen = listen
        self._seconds = seconds

    async def __call__(self, message: Message) -> None:
        """Stand in for ASGI's."""
        if message["type"] == _HEAD:
            await _sleep_while_client_stays(self._listen, self._seconds)
        await self._send(message)


class DribblingSend:
    """Sends the head at once and the first part of a body in drops, over `seconds` in all.

    `listen` tells that the client has left.
    """

    def __init__(self, send: Send, listen: Receive, seconds: float) -> None:
        self._send = send
        self._listen = listen
        self._seconds = seconds

    async def __call__(self, message: Message) -> None:
        """Stand in for ASGI's."""
        if message["type"] != _BODY or not self._seconds:
            await self._send(message)
            return
        seconds, self._seconds = self._seconds, 0.0
        body = cast("bytes", message.get("body", b""))
        step = max(1, -(-len(body) // _DROPS))
        drops = [body[start : start + step] for start in range(0, len(body), step)]
        for drop in drops:
            await self._send({"type": _BODY, "body": drop, "more_body": True})
            await _sleep_while_client_stays(self._listen, seconds / len(drops))
        await self._send({**message, "body": b""})


class HalvingSend:
    """Sends half of the body as if it were all, once `finish` is called."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._head: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        """Stand in for ASGI's."""
        if message["type"] == _HEAD:
            self._head = message
        else:
            self._body += cast("bytes", message.get("body", b""))

    async def finish(self) -> None:
        """Send what was kept back; nothing where there was no answer."""
        if self._head is None:
            return
        half = self._body[: len(self._body) // 2]
        length = str(len(half)).encode()
        await self._send(_with_header(self._head, b"content-length", length))
        await self._send({"type": _BODY, "body": half})


class TruncatingSend:
    """Sends a body's first `wanted_bytes`, or half of it, and then nothing; the head has it whole.

    `has_cut` tells whether something is missing.
    """

    def __init__(self, send: Send, wanted_bytes: int | None) -> None:
        self._send = send
        self._wanted_bytes = wanted_bytes
        self._left_bytes = 0
        self.has_cut = False

    async def __call__(self, message: Message) -> None:
        """Stand in for ASGI's."""
        if message["type"] == _HEAD:
            length = int(dict(_headers_of(message)).get(b"content-length", b"0"))
            wanted = length // 2 if self._wanted_bytes is None else self._wanted_bytes
            self._left_bytes = min(wanted, max(0, length - 1))
            await self._send(message)
            return
        if self.has_cut:
            return
        body = cast("bytes", message.get("body", b""))
        self.has_cut = len(body) > self._left_bytes
        sent, self._left_bytes = body[: self._left_bytes], self._left_bytes - len(body)
        more = self.has_cut or bool(message.get("more_body"))
        await self._send({"type": _BODY, "body": sent, "more_body": more})


class RetypingSend:
    """Sends an answer under another content type."""

    def __init__(self, send: Send, content_type: str) -> None:
        self._send = send
        self._content_type = content_type.encode("latin-1")

    async def __call__(self, message: Message) -> None:
        """Stand in for ASGI's."""
        if message["type"] == _HEAD:
            message = _with_header(message, b"content-type", self._content_type)
        await self._send(message)


async def _sleep_while_client_stays(listen: Receive, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await wait_for_leaving(listen)


def _headers_of(message: Message) -> Iterable[Header]:
    return cast("Iterable[Header]", message.get("headers", ()))


def _with_header(head: Message, name: bytes, value: bytes) -> Message:
    others = [header for header in _headers_of(head) if header[0] != name]
    return {**head, "headers": [*others, (name, value)]}
