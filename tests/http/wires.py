"""A connection without a network, whose client's end is held by a test."""

import asyncio
import json
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from kaiga.http.asgi import Application
from kaiga.http.protocol import KaigaHttpProtocol


class Wire(asyncio.Transport):
    """The client's end of a connection; each piece it sends is read as one, and by itself.

    `loop` may stand in for the running one; the connection's own timers are then its timers.
    """

    def __init__(
        self, application: Application, loop: asyncio.AbstractEventLoop | None = None
    ) -> None:
        super().__init__()
        config = uvicorn.Config(
            application, ws="none", lifespan="off", log_config=None, proxy_headers=False
        )
        config.load()
        state = ServerState()
        state.default_headers = [(b"date", b"today")]
        self.received = bytearray()
        self._is_closing = False
        self._has_more = asyncio.Event()
        self.protocol = KaigaHttpProtocol(config, state, app_state={}, _loop=loop)
        self.protocol.connection_made(self)

    def send(self, *pieces: bytes) -> None:
        for piece in pieces:
            self.protocol.data_received(piece)

    async def read_answer(self) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Give status, headers and body of the next answer."""
        head, rest = await self._split(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:])
        length = int(headers["content-length"])
        while len(rest) < length:
            await self._wait()
            rest = bytes(self.received)[len(head) + 4 :]
        del self.received[: len(head) + 4 + length]
        return int(lines[0].split()[1]), headers, json.loads(rest[:length])

    async def _split(self, end: bytes) -> tuple[bytes, bytes]:
        while end not in self.received:
            await self._wait()
        head, _, rest = bytes(self.received).partition(end)
        return head, rest

    async def _wait(self) -> None:
        async with asyncio.timeout(30):
            self._has_more.clear()
            await self._has_more.wait()

    async def ask(self, *pieces: bytes) -> tuple[int, dict[str, str], dict[str, Any]]:
        self.send(*pieces)
        return await self.read_answer()

    def write(self, data: bytes) -> None:
        self.received += data
        self._has_more.set()

    def close(self) -> None:
        self._is_closing = True

    def is_closing(self) -> bool:
        return self._is_closing

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return {"peername": ("127.0.0.1", 1), "sockname": ("127.0.0.1", 2)}.get(name, default)

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass
