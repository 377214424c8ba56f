"""A way to an HTTP server on which things go wrong when a test says so."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Self
from urllib.parse import urlsplit

_CUT_AFTER_BYTES = 64 * 1024
_PIECE_BYTES = 64 * 1024
_SLOW_SECONDS = 0.1
_UNAVAILABLE = (
    b"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: 60\r\n"
    b"Connection: close\r\n\r\n"
    b"<Error><Code>SlowDown</Code><Message>later</Message></Error>"
)


class Fault(Enum):
    """What goes wrong with a connection."""

    AWAY = "it is closed at once"
    SILENT = "nothing is answered"
    UNAVAILABLE = "every request is answered with 503"
    CUT = "it is cut in the middle of what is answered"
    SLOW = "each piece of an answer comes late"


class FaultyWay:
    """Passes connections on to `target`, a base URL; used as a context, with an `endpoint`."""

    def __init__(self, target: str) -> None:
        parts = urlsplit(target)
        self._target = (parts.hostname, parts.port)
        self._fault: Fault | None = None
        self._times: int | None = None
        self._connections: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.endpoint = ""
        self.faults_met = 0
        """How many connections were met by a fault."""

    def __enter__(self) -> Self:
        self._thread.start()
        server = self._call(asyncio.start_server(self._accept, "127.0.0.1", 0))
        self._server = server
        self.endpoint = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()
        self._call(self._drop_connections())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @contextmanager
    def broken(self, fault: Fault, times: int | None = None) -> Iterator[None]:
        """Have the next connections meet a fault, all while the block lasts or the first `times`.

        Connections that are open are closed, at the beginning and at the end.
        """
        self._set(fault, times)
        try:
            yield
        finally:
            self._set(None, None)

    def _set(self, fault: Fault | None, times: int | None) -> None:
        self._fault, self._times = fault, times
        self._call(self._drop_connections())

    def _call(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _drop_connections(self) -> None:
        for each in self._connections:
            each.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _take_fault(self) -> Fault | None:
        if self._fault is None or self._times == 0:
            return None
        self.faults_met += 1
        if self._times is not None:
            self._times -= 1
        return self._fault

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection is not None
        self._connections.add(connection)
        try:
            await self._serve(self._take_fault(), reader, writer)
        except (OSError, asyncio.CancelledError, asyncio.IncompleteReadError):
            pass
        finally:
            self._connections.discard(connection)
            writer.transport.abort()

    async def _serve(self, fault, reader, writer) -> None:
        match fault:
            case Fault.AWAY:
                return
            case Fault.SILENT:
                await asyncio.Event().wait()
            case Fault.UNAVAILABLE:
                await _read_request(reader)
                writer.write(_UNAVAILABLE)
                await writer.drain()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(reader.read(), 1)
            case _:
                await self._pass_on(fault, reader, writer)

    async def _pass_on(self, fault, reader, writer) -> None:
        answers, requests = await asyncio.open_connection(*self._target)
        there = asyncio.ensure_future(_copy(reader, requests, None))
        back = asyncio.ensure_future(_copy(answers, writer, fault))
        try:
            await asyncio.wait({there, back}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            there.cancel()
            back.cancel()
            await asyncio.gather(there, back, return_exceptions=True)
            requests.transport.abort()


async def _copy(reader, writer, fault: Fault | None) -> None:
    copied = 0
    while piece := await reader.read(_PIECE_BYTES):
        if fault is Fault.SLOW:
            await asyncio.sleep(_SLOW_SECONDS)
        if fault is Fault.CUT:
            piece = piece[: _CUT_AFTER_BYTES - copied]
        writer.write(piece)
        await writer.drain()
        copied += len(piece)
        if fault is Fault.CUT and copied >= _CUT_AFTER_BYTES:
            return


async def _read_request(reader: asyncio.StreamReader) -> None:
    """Read a head and the body that it announces."""
    head = await reader.readuntil(b"\r\n\r\n")
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line.partition(b":")[2]))
