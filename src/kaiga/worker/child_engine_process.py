"""The parent's side: one engine child, started on first use and again after it died."""

import asyncio
import contextlib
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator, Sequence

from kaiga.domain.errors import EngineCrashed
from kaiga.ports.engine import EngineEvent, GenerationJob, JobFailed, ResultMade
from kaiga.worker.frames import (
    LENGTH,
    Batch,
    BatchDone,
    EngineBroke,
    Message,
    decode_message,
    make_frame,
)

_LARGEST_FRAME_BYTES = 512 * 1024 * 1024
_GRACE_SECONDS = 2.0


class ChildEngineProcess:
    """Implements `EngineProcess`: one slot, whose child may die at any moment."""

    def __init__(self, command: Sequence[str]) -> None:
        self._command = (*command, str(os.getpid()))
        self._process: Process | None = None

    @property
    def process_id(self) -> int | None:
        """The child's process id while one runs."""
        if self._process is None or self._process.returncode is not None:
            return None
        return self._process.pid

    async def generate(self, batch: Sequence[GenerationJob]) -> AsyncGenerator[EngineEvent]:
        """See the port."""
        waiting = set(range(len(batch)))
        is_done = False
        process = await self._ensure_started()
        try:
            await _send(process, Batch(model=batch[0].model, jobs=tuple(batch)))
            while True:
                message = await _receive(process)
                if isinstance(message, BatchDone):
                    break
                if isinstance(message, EngineBroke):
                    raise EngineCrashed from RuntimeError(message.reason)
                if isinstance(message, ResultMade | JobFailed):
                    waiting.discard(message.index)
                yield message
            if waiting:
                raise EngineCrashed from RuntimeError("the engine left jobs without a result")
            is_done = True
        finally:
            if not is_done:  # whatever it still computes, nobody waits for it
                await self.stop(grace_seconds=0)

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

    async def _ensure_started(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            try:
                self._process = await asyncio.create_subprocess_exec(
                    *self._command, stdin=PIPE, stdout=PIPE
                )
            except OSError as error:
                raise EngineCrashed from error
        return self._process


async def _send(process: Process, batch: Batch) -> None:
    if process.stdin is None:
        raise ValueError("the child was started without a pipe")
    try:
        process.stdin.write(make_frame(batch))
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
