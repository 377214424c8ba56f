"""Hears what other nodes tell, over a connection of its own that is opened anew when it is lost."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import structlog

from kaiga.domain.outages import Outage
from kaiga.store.postgres.connecting import UNAVAILABLE_ERRORS, Line
from kaiga.store.postgres.hints import CHANNEL, Hints

_log = structlog.get_logger(__name__)
_PING_SECONDS = 1.0
_PING_TIMEOUT_SECONDS = 3.0
_CONNECT_AGAIN_SECONDS = 0.5


class Listener:
    """Listens from `start` to `close`; must not go through a pooler of transactions.

    A ping each second tells a line that was cut from one on which nobody has said anything.
    """

    def __init__(self, connect: Callable[[], Awaitable[Line]], hints: Hints) -> None:
        self._connect = connect
        self._hints = hints
        self._outage = Outage()
        self._task: asyncio.Task[None] | None = None
        self.is_hearing = False
        """Whether other nodes' hints come; while they do not, nothing remembered may be trusted."""

    async def start(self) -> None:
        """Begin to listen.

        Raises:
            one of UNAVAILABLE_ERRORS: the first connection can't be opened.
        """
        connection = await self._open()
        self._task = asyncio.create_task(self._run(connection))

    async def close(self) -> None:
        """Stop."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def _run(self, connection: Line | None) -> None:
        while True:
            if connection is not None:
                await self._hear(connection)
            await asyncio.sleep(_CONNECT_AGAIN_SECONDS)
            connection = await self._open_again()

    async def _hear(self, connection: Line) -> None:
        """Listen until the connection is lost; whatever was told meanwhile may be missing then."""
        try:
            while True:
                await asyncio.sleep(_PING_SECONDS)
                await connection.execute("SELECT 1", timeout=_PING_TIMEOUT_SECONDS)
        except UNAVAILABLE_ERRORS as error:
            if self._outage.note_failure(asyncio.get_running_loop().time()):
                _log.warning("other nodes are not heard", reason=str(error))
        finally:
            self.is_hearing = False
            connection.terminate()
            self._hints.tell_of_gap()

    async def _open_again(self) -> Line | None:
        try:
            connection = await self._open()
        except UNAVAILABLE_ERRORS:
            return None
        if self._outage.note_success():
            _log.info("other nodes are heard again")
        self._hints.tell_of_gap()  # what was told before LISTEN was heard by nobody here
        return connection

    async def _open(self) -> Line:
        connection = await self._connect()
        try:
            await connection.add_listener(CHANNEL, self._take)
        except BaseException:
            connection.terminate()
            raise
        self.is_hearing = True
        return connection

    def _take(self, _connection: object, _process: int, _channel: str, payload: object) -> None:
        self._hints.take(str(payload))
