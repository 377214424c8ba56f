"""The server's side of its insert process."""

import asyncio
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from enum import Enum
from pathlib import Path

import msgspec
import structlog

from kaiga.child_processes.frames import FrameReader, make_frame
from kaiga.store.rows import Row
from kaiga.store.sqlite.connecting import BUSY_TIMEOUT_MILLISECONDS
from kaiga.store.sqlite.inserting.messages import (
    Inserted,
    InsertMessage,
    InsertRows,
    NotInserted,
    Ready,
    decode_message,
)

_log = structlog.get_logger(__name__)

LONGEST_SILENCE_SECONDS = 2 * BUSY_TIMEOUT_MILLISECONDS / 1000
"""A process that may wait for another connection answers within the busy timeout; twice that long,
and it is taken to be stuck."""
_START_AGAIN_SECONDS = 10.0
"""What ends at once each time must not take a core with its starts."""
_SEND_BUFFER_BYTES = 1024 * 1024
"""Takes the largest batch whole where its requests are short, at 1 KB a row."""
_READ_BYTES = 4096
"""Answers are a few bytes, and one for each batch."""


class InsertOutcome(Enum):
    """What became of a batch of rows."""

    INSERTED = "inserted"
    NOT_INSERTED = "not inserted"
    UNKNOWN = "unknown"
    """The process ended, or was ended, before it told."""


OnOver = Callable[[InsertOutcome], None]


class InsertProcess:
    """Commits rows of tasks, one batch at a time; made and used on one event loop.

    The process is started by `want` and runs until `close`; one that ends, or tells nothing for
    `longest_silence_seconds`, is started again after a while. What is sent to it goes out at once:
    a transport of the loop's would keep it until the loop has dealt with everything else.
    """

    def __init__(
        self, database: Path, longest_silence_seconds: float = LONGEST_SILENCE_SECONDS
    ) -> None:
        self._database = database.absolute()
        self._longest_silence_seconds = longest_silence_seconds
        self._loop = asyncio.get_running_loop()
        self._line: _Line | None = None
        self._on_over: OnOver | None = None
        self._silence: asyncio.TimerHandle | None = None
        self._not_before = 0.0
        self._is_closed = False
        self.is_ready = False
        """Whether rows can be given to it."""

    @property
    def process_id(self) -> int | None:
        """The process's id while it runs."""
        return None if self._line is None else self._line.process.pid

    def want(self) -> None:
        """Have the process started; does nothing where it is, or was a moment ago."""
        now = self._loop.time()
        if self._line is not None or self._is_closed or now < self._not_before:
            return
        self._not_before = now + _START_AGAIN_SECONDS
        try:
            self._line = _Line(self._loop, self._database, self._hear, self._lose)
        except OSError as error:
            _log.warning("the insert process can't be started", reason=str(error))

    def begin(self, rows: Sequence[Row], on_over: OnOver) -> None:
        """Commit rows; `on_over` is told once. Only for a process that is ready and has no rows."""
        self._on_over = on_over
        self._silence = self._loop.call_later(self._longest_silence_seconds, self._give_up)
        if self._line is not None:
            self._line.send(make_frame(InsertRows(rows)))

    def close(self) -> None:
        """End the process; of rows that it still has, nobody knows."""
        self._is_closed = True
        self._end()

    def _hear(self, message: InsertMessage) -> None:
        match message:
            case Ready():
                self.is_ready = True
            case Inserted():
                self._conclude(InsertOutcome.INSERTED)
            case NotInserted():
                _log.info("rows were not inserted", reason=message.reason)
                self._conclude(InsertOutcome.NOT_INSERTED)

    def _give_up(self) -> None:
        self._lose(f"it was silent for {self._longest_silence_seconds:g} s")

    def _lose(self, reason: str) -> None:
        _log.warning("the insert process has ended", reason=reason)
        self._not_before = self._loop.time() + _START_AGAIN_SECONDS
        self._end()

    def _end(self) -> None:
        line, self._line = self._line, None
        self.is_ready = False
        if line is not None:
            line.close()
        self._conclude(InsertOutcome.UNKNOWN)

    def _conclude(self, outcome: InsertOutcome) -> None:
        on_over, self._on_over = self._on_over, None
        if on_over is None:
            return
        if self._silence is not None:
            self._silence.cancel()
        on_over(outcome)


class _Line:
    """One process from its start to its end, and the socket to it.

    `hear` is told what it says; `lose`, later than any call returns, that it says nothing more.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        database: Path,
        hear: Callable[[InsertMessage], None],
        lose: Callable[[str], None],
    ) -> None:
        self._loop = loop
        self._lose = lose
        self._frames = FrameReader(lambda content: hear(decode_message(content)))
        self._unsent = memoryview(b"")
        self._socket, its = socket.socketpair()
        with its:
            try:
                self.process = subprocess.Popen(  # noqa: S603  this very program
                    [
                        sys.executable,
                        "-m",
                        "kaiga.store.sqlite.inserting.child",
                        str(database),
                        str(os.getpid()),
                    ],
                    stdin=its.fileno(),
                    stdout=its.fileno(),
                )
            except OSError:
                self._socket.close()
                raise
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
        loop.add_reader(self._socket, self._read)

    def send(self, frame: bytes) -> None:
        """Send now what there is room for, and the rest as soon as there is."""
        self._unsent = memoryview(frame)
        self._send_more()
        if self._unsent:
            self._loop.add_writer(self._socket, self._send_rest)

    def close(self) -> None:
        """End the process by force, without waiting for its end: it may hang in a sync to disk."""
        self._loop.remove_reader(self._socket)
        self._loop.remove_writer(self._socket)
        self._socket.close()
        self.process.kill()
        threading.Thread(target=self.process.wait, name="kaiga-reaper", daemon=True).start()

    def _send_rest(self) -> None:
        self._send_more()
        if not self._unsent:
            self._loop.remove_writer(self._socket)

    def _send_more(self) -> None:
        try:
            self._unsent = self._unsent[self._socket.send(self._unsent) :]
        except BlockingIOError:
            pass
        except OSError:  # it has ended, which the reader is told as well
            self._unsent = memoryview(b"")

    def _read(self) -> None:
        try:
            received = self._socket.recv(_READ_BYTES)
        except BlockingIOError:
            return
        except OSError as error:
            self._lose(str(error))
            return
        if not received:
            self._lose("its output has ended")
            return
        try:
            self._frames.take(received)
        except (msgspec.MsgspecError, ValueError) as error:
            self._lose(str(error))
