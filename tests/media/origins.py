"""Servers that inputs are fetched from: each path does what a test wants it to, well or badly."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

from kaiga.domain.fetch_rules import Address

Play = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]
"""What is done with a connection once the head of its request was read."""


def answer(
    content: bytes = b"", status: str = "200 OK", headers: Mapping[str, str] | None = None
) -> Play:
    """Send a whole answer."""
    lines = {"Content-Length": str(len(content)), **(headers or {})}
    return say(make_head(status, lines) + content)


def redirect(location: str, headers: Mapping[str, str] | None = None) -> Play:
    return answer(status="302 Found", headers={"Location": location, **(headers or {})})


def make_head(status: str, headers: Mapping[str, str]) -> bytes:
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode()


def say(raw: bytes) -> Play:
    """Send these bytes and close."""

    async def play(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        await writer.drain()

    return play


class Origin:
    """One running server; it remembers every request's head and how much it could send."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.plays: dict[str, Play] = {}
        self.heads: list[str] = []
        self.connections = 0
        self.sent_bytes = 0
        self.has_sent = asyncio.Event()
        self.was_left = asyncio.Event()
        self.server_names: list[str | None] = []

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def endless(self, piece: bytes = b"x" * 65536) -> Play:
        """Send pieces until the client leaves."""

        async def play(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(make_head("200 OK", {"Transfer-Encoding": "chunked"}))
            with contextlib.suppress(ConnectionError):
                while True:
                    writer.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
                    await writer.drain()
                    self.sent_bytes += len(piece)
                    self.has_sent.set()
            self.was_left.set()

        return play

    def stalled(self, raw: bytes) -> Play:
        """Send these bytes, and then nothing until the client leaves."""

        async def play(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(raw)
            await writer.drain()
            with contextlib.suppress(ConnectionError):
                await reader.read()
            self.was_left.set()

        return play

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            self.heads.append(head)
            await self.plays[head.split(" ")[1]](reader, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def open_origin(tls: ssl.SSLContext | None = None) -> AsyncGenerator[Origin]:
    """Serve on 127.0.0.1, on a free port."""
    origin = Origin(0)
    if tls is not None:
        tls.sni_callback = lambda _socket, name, _context: origin.server_names.append(name)
    server = await asyncio.start_server(origin.serve, "127.0.0.1", 0, ssl=tls)
    origin.port = server.sockets[0].getsockname()[1]
    try:
        yield origin
    finally:
        server.close()


class ScriptedResolver:
    """A name server that gives these answers one after the other, and the last one from then on."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self._answers = [[ip_address(text) for text in each] for each in answers]
        self.asked: list[str] = []

    async def resolve(self, host: str, port: int) -> Sequence[Address]:
        del port
        self.asked.append(host)
        number = min(len(self.asked), len(self._answers))
        return self._answers[number - 1] if number else []


class DeadResolver:
    """A name server that knows no name."""

    async def resolve(self, host: str, port: int) -> Sequence[Address]:
        del port
        raise OSError(f"{host} is not known")


def names_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def sizes_in(folder: Path) -> list[int]:
    return [path.stat().st_size for path in folder.iterdir()]
