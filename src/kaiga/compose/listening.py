"""A listening socket, and uvicorn as our programs run it."""

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import Callable, Generator

import uvicorn

from kaiga.domain.errors import StartRefused

BACKLOG = 2048


class AnnouncingServer(uvicorn.Server):
    """uvicorn that tells when it is ready and when it stops.

    It leaves signals to us: workers stop with grace.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        when_ready: Callable[[], None],
        when_stopping: Callable[[], None],
    ) -> None:
        super().__init__(config)
        self._when_ready = when_ready
        self._when_stopping = when_stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to serve; see uvicorn."""
        await super().startup(sockets=sockets)
        self._when_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop; see uvicorn."""
        self._when_stopping()
        await super().shutdown(sockets=sockets)

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none; see the class."""
        yield


def listen(host: str, port: int) -> socket.socket:
    """Listen on an address; port 0 takes any.

    Raises:
        StartRefused: it can't be had; the message says why.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise StartRefused(
                f"Port {port} of {host} is in use. Choose another with KAIGA_PORT, "
                "or with --port; 0 takes any free one."
            ) from None
        raise StartRefused(
            f"Can't listen on {host} port {port}: {error.strerror or error}."
        ) from None
    listening.setblocking(False)
    return listening


def stop_on_signals(server: uvicorn.Server) -> None:
    """End a server at Ctrl-C or SIGTERM: the first time with grace, the second at once."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        if server.should_exit:
            server.force_exit = True
        server.should_exit = True

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop)
