"""One child and the pipes to it: commands go in, messages come out chunk by chunk."""

import asyncio
import contextlib
from asyncio import SubprocessProtocol, SubprocessTransport, WriteTransport
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, cast

import msgspec

from kaiga.child_processes.frames import FrameReader, make_frame
from kaiga.domain.errors import EngineCrashed
from kaiga.worker.engine_link import Hear, Lose
from kaiga.worker.messages import Message, decode_message

Said = TypeVar("Said")
"""What a child says."""

_STDIN, _STDOUT = 0, 1


class ChildPipe(SubprocessProtocol, Generic[Said]):
    """A child from its start to its end; one with an engine is linked by it (`EngineLink`).

    `decode` reads what it says. `hear` is called with every message, all those of a chunk at once;
    `lose` once, with a reason, when nothing more can come.
    """

    def __init__(
        self, decode: Callable[[memoryview], Said], hear: Callable[[Said], None], lose: Lose
    ) -> None:
        self._frames = FrameReader(lambda content: hear(decode(content)))
        self._lose = lose
        self._transport: SubprocessTransport | None = None
        self._has_exited = asyncio.Event()
        self._is_paused = False
        self.is_lost = False

    @property
    def process_id(self) -> int | None:
        """The child's process id while it runs."""
        if self._transport is None or self._transport.get_returncode() is not None:
            return None
        return self._transport.get_pid()

    def send(self, command: msgspec.Struct) -> None:
        """Tell the child; how much it may leave unread is for its silence to limit.

        Raises:
            EngineCrashed: the pipe is closed.
        """
        if self.is_lost or self._transport is None:
            raise EngineCrashed
        pipe = cast("WriteTransport", self._transport.get_pipe_transport(_STDIN))
        try:
            pipe.write(make_frame(command))
        except (OSError, RuntimeError) as error:  # RuntimeError: uvloop's word for a closed pipe
            raise EngineCrashed from error

    def hold_back(self, *, is_full: bool) -> None:
        """Read nothing more while `is_full`: whoever takes the messages is behind."""
        if self.is_lost or self._transport is None or self._is_paused is is_full:
            return
        pipe = cast("asyncio.ReadTransport", self._transport.get_pipe_transport(_STDOUT))
        self._is_paused = is_full
        if is_full:
            pipe.pause_reading()
        else:
            pipe.resume_reading()

    def kill(self) -> None:
        """End the child by force; nothing that it says is heard any more."""
        self._end_reading("the engine's process was killed")
        if self._transport is not None:
            with contextlib.suppress(ProcessLookupError):
                self._transport.kill()

    async def stop(self, grace_seconds: float) -> None:
        """End the child: by closing its input, then by force."""
        self._end_reading("the engine's process was stopped")
        transport = self._transport
        if transport is None:
            return
        pipe = cast("WriteTransport | None", transport.get_pipe_transport(_STDIN))
        if pipe is not None:
            pipe.close()
        try:
            async with asyncio.timeout(grace_seconds):
                await self._has_exited.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                transport.kill()
            await self._has_exited.wait()
        finally:
            transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the child that was started."""
        self._transport = cast("SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        """Hand on every message that is whole."""
        if fd != _STDOUT or self.is_lost:
            return
        try:
            self._frames.take(data)
        except (msgspec.MsgspecError, ValueError) as error:
            self._end_reading(str(error))

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        """Tell that the child says nothing more."""
        del exc
        if fd == _STDOUT:
            self._end_reading("the engine's process has ended")

    def process_exited(self) -> None:
        """Let `stop` end."""
        self._has_exited.set()

    def _end_reading(self, reason: str) -> None:
        if not self.is_lost:
            self.is_lost = True
            self._lose(reason)


async def start_child(
    command: Sequence[str],
    decode: Callable[[memoryview], Said],
    hear: Callable[[Said], None],
    lose: Lose,
) -> ChildPipe[Said]:
    """Start a child; gives the pipe to it.

    Raises:
        EngineCrashed: it can't be started.
    """
    try:
        _, pipe = await asyncio.get_running_loop().subprocess_exec(
            lambda: ChildPipe(decode, hear, lose), *command, stderr=None
        )
    except OSError as error:
        raise EngineCrashed from error
    return pipe


async def start_engine_child(command: Sequence[str], hear: Hear, lose: Lose) -> ChildPipe[Message]:
    """Start a child with an engine; see `start_child`."""
    return await start_child(command, decode_message, hear, lose)
