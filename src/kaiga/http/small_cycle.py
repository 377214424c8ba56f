"""What uvicorn asks of a call under way."""

import asyncio


class SmallCycle:
    """A small call under way, with what uvicorn looks at when connections end or are drained.

    uvicorn sets `message_event` when the connection has ended.
    """

    __slots__ = ("disconnected", "keep_alive", "message_event", "response_complete")

    def __init__(self, has_left: asyncio.Event) -> None:
        self.response_complete = False
        self.disconnected = False
        self.keep_alive = True
        self.message_event = has_left
