"""The parent's side: one engine child, started on first use and again after it died."""

import asyncio
import contextlib
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Coroutine, Sequence
from typing import Any, TypeVar

from kaiga.domain.errors import EngineCrashed, EngineHung, EngineStopped
from kaiga.ports.engine import EngineEvent, GenerationJob, JobFailed, ResultMade
from kaiga.worker.frames import (
    LENGTH,
    Batch,
    BatchDone,
    BatchStopped,
    Command,
    EngineBroke,
    Message,
    StopBatch,
    decode_message,
    make_frame,
)

T = TypeVar("T")

_LARGEST_FRAME_BYTES = 512 * 1024 * 1024
_GRACE_SECONDS = 2.0


class ChildEngineProcess:
    """Implements `EngineProcess`: one slot, whose child may die at any moment.

    A child that tells nothing for `longest_silence_seconds` while it has a batch counts as hung;
    None lets it be silent for ever.
    """

    def __init__(
        self, command: Sequence[str], longest_silence_seconds: float | None = None
    ) -> None:
        self._command = (*command, str(os.getpid()))
        self._longest_silence_seconds = longest_silence_seconds
        self._process: Process | None = None
        self._batches = 0
        self._is_busy = False

    @property
    def process_id(self) -> int | None:
        """The child's process id while one runs."""
        if self._process is None or self._process.returncode is not None:
            return None
        return self._process.pid

    async def generate(self, batch: Sequence[GenerationJob]) -> AsyncGenerator[EngineEvent]:
        """See the port."""
        waiting = set(range(len(batch)))
        is_idle = False
        process = await self._ensure_started()
        self._batches += 1
        self._is_busy = True
        try:
            order = Batch(number=self._batches, model=batch[0].model, jobs=tuple(batch))
            await self._in_time(_send(process, order))
            while True:
                message = await self._in_time(_receive(process))
                match message:
                    case BatchDone():
                        break
                    case BatchStopped():
                        is_idle = True
                        raise EngineStopped
                    case EngineBroke():
                        raise EngineCrashed from RuntimeError(message.reason)
                    case ResultMade() | JobFailed():
                        waiting.discard(message.index)
                        yield message
                    case _:
                        yield message
            if waiting:
                raise EngineCrashed from RuntimeError("the engine left jobs without a result")
            is_idle = True
        finally:
            self._is_busy = False
            if not is_idle:  # whatever it still computes, nobody waits for it
                await self.stop(grace_seconds=0)

    async def stop_batch(self) -> bool:
        """See the port; a child that can't be told has ended, which `generate` finds out."""
        if self._process is None or not self._is_busy:
            return False
        with contextlib.suppress(EngineCrashed):
            await _send(self._process, StopBatch(number=self._batches))
        return True

    async def stop(self, grace_seconds: float = _GRACE_SECONDS) -> None:
        """End the child: by closing its input, then by force."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        try:
            async with asyncio.timeout(grace_seconds):
                await process.wait()
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()

    async def _in_time(self, exchange: Coroutine[Any, Any, T]) -> T:
        """Let a child say or take something for as long as it may be silent.

        Raises:
            EngineHung: it did not within that time.
        """
        limit = asyncio.timeout(self._longest_silence_seconds)
        try:
            async with limit:
                return await exchange
        except TimeoutError:
            if not limit.expired():
                raise
            raise EngineHung from None

    async def _ensure_started(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *self._command, stdin=PIPE, stdout=PIPE
                )
            except OSError as error:
                raise EngineCrashed from error
        return self._process


async def _send(process: Process, command: Command) -> None:
    if process.stdin is None:
        raise ValueError("the child was started without a pipe")
    try:
        process.stdin.write(make_frame(command))
        await process.stdin.drain()
    except (BrokenPipeError, ConnectionResetError, RuntimeError) as error:
        raise EngineCrashed from error  # RuntimeError: uvloop's word for a pipe that was closed


async def _receive(process: Process) -> Message:
    if process.stdout is None:
        raise ValueError("the child was started without a pipe")
    try:
        (length,) = LENGTH.unpack(await process.stdout.readexactly(LENGTH.size))
        if length > _LARGEST_FRAME_BYTES:
            raise EngineCrashed from RuntimeError("the engine sent a frame that can't be one")
        return decode_message(await process.stdout.readexactly(length))
    except (asyncio.IncompleteReadError, ValueError) as error:
        raise EngineCrashed from error
