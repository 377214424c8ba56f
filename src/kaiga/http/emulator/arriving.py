"""A call's body, looked at before the application reads it."""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import cast

from kaiga.http.asgi import Message, Receive

_MOST_LOOKED_AT_BYTES = 1024 * 1024
_PATIENCE_SECONDS = 30.0


class Arrival:
    """The beginning of a body, and a `receive` that gives all of it once more.

    `is_whole` tells whether `body` is all that came.
    """

    def __init__(self, receive: Receive, messages: Iterable[Message]) -> None:
        self._receive = receive
        self._messages = deque(messages)
        self.body = b"".join(cast("bytes", each.get("body", b"")) for each in self._messages)
        self.is_whole = bool(self._messages) and not self._messages[-1].get("more_body")

    async def receive(self) -> Message:
        """Stand in for ASGI's: what was looked at comes first."""
        return self._messages.popleft() if self._messages else await self._receive()


async def receive_beginning(receive: Receive) -> Arrival:
    """Receive a body, or a MiB of it; one that stands still is left to who reads the rest."""
    messages: list[Message] = []
    size_bytes, has_more = 0, True
    while has_more and size_bytes < _MOST_LOOKED_AT_BYTES:
        try:
            async with asyncio.timeout(_PATIENCE_SECONDS):
                message = await receive()
        except TimeoutError:
            break
        messages.append(message)
        size_bytes += len(message.get("body", b""))
        has_more = bool(message.get("more_body"))
    return Arrival(receive, messages)
