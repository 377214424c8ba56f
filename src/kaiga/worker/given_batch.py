"""A batch that is given to an engine process, and what that tells of it, kept until it is read."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence

from kaiga.domain.errors import (
    EngineCrashed,
    EngineHung,
    EngineOutOfMemory,
    EngineStopped,
    EngineUnfit,
)
from kaiga.ports.engine import EngineEvent, GenerationJob, JobFailed, ResultMade
from kaiga.worker.engine_link import EngineLink
from kaiga.worker.messages import BatchDone, BatchStopped, EngineBroke, Message, ModelUnfit


class BatchNotBegun(Exception):
    """The process has made nothing of a batch and will not; it can be given to another one.

    It never leaves the worker.
    """


class GivenBatch:
    """`jobs` of `model`, the events that are told of them, and how the batch ended.

    It is over once the process can make another one, or once nobody waits for it; what was told
    may still be read then. `on_over` is called once, unless the batch was taken back.
    """

    def __init__(
        self, model: str, jobs: Sequence[GenerationJob], on_over: Callable[[], None]
    ) -> None:
        self.model = model
        self.jobs = jobs
        self.number = 0
        """Its number at the process that it was given to."""
        self.link: EngineLink | None = None
        """The way to the process that it was given to."""
        self.is_over = False
        self.has_failed = False
        """Whether the process is not to be trusted any more."""
        self.begun_at: float | None = None
        """Since when the process makes it, by the monotonic clock."""
        self._loop = asyncio.get_running_loop()
        self._missing = set(range(len(jobs)))
        self._on_over = on_over
        self._events: deque[EngineEvent] = deque()
        self._error: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._longest_silence_seconds: float | None = None
        self._waits_since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def unread(self) -> int:
        """How many events were told and not read yet."""
        return len(self._events)

    def begin(self, longest_silence_seconds: float | None) -> None:
        """Take note that the process makes it now.

        Who waits for an event for `longest_silence_seconds` from now on is told that the engine
        hangs; None waits for ever.
        """
        self.begun_at = time.monotonic()
        self._longest_silence_seconds = longest_silence_seconds
        if self._reader is not None:
            self._begin_wait()

    def take(self, message: Message) -> None:
        """Take what the process says, as long as somebody waits for it."""
        if self.is_over:
            return
        match message:
            case ResultMade() | JobFailed():
                self._missing.discard(message.index)
                self._events.append(message)
            case BatchDone():
                if self._missing:
                    self.fail(EngineCrashed(), "the engine left jobs without a result")
            case BatchStopped():
                self._error = EngineStopped()
            case ModelUnfit():
                kind = EngineOutOfMemory if message.lacks_memory else EngineUnfit
                self._error = kind(message.reason)
            case EngineBroke():
                self.fail(EngineCrashed(), message.reason)
            case _:
                self._events.append(message)
        self._wake_reader()

    def end(self) -> None:
        """Take note that the process can make another batch, or that a new process can."""
        if self.is_over:
            return
        self.is_over = True
        if self._timer is not None:
            self._timer.cancel()
        self._wake_reader()
        self._on_over()

    def fail(self, error: Exception, reason: str) -> None:
        """Have the reader get `error` after what was told before; the first one counts."""
        if self._error is None and not self.is_over:
            error.__cause__ = RuntimeError(reason)
            self._error = error
            self.has_failed = True
            self._wake_reader()

    def take_back(self, error: Exception | None = None) -> None:
        """Have no more of it, and the reader get `error`: for a batch that has not begun.

        Without an error, there is no reader any more.
        """
        if not self.is_over:
            self.is_over = True
            self._error = self._error or error
            self._wake_reader()

    async def read_event(self) -> EngineEvent | None:
        """Give the next event, None at the end.

        Raises:
            EngineCrashed, EngineHung, EngineStopped, EngineUnfit: see `EngineProcess`.
            BatchNotBegun: it was taken back.
        """
        while not self._events:
            if self._error is not None:
                raise self._error
            if self.is_over:
                return None
            await self._wait_for_message()
        return self._events.popleft()

    async def _wait_for_message(self) -> None:
        self._reader = self._loop.create_future()
        if self.begun_at is not None:
            self._begin_wait()
        try:
            await self._reader
        finally:
            self._reader = None

    def _begin_wait(self) -> None:
        """Count the silence from now on."""
        self._waits_since = self._loop.time()
        if self._timer is None and self._longest_silence_seconds is not None:
            self._timer = self._loop.call_later(self._longest_silence_seconds, self._look)

    def _wake_reader(self) -> None:
        if self._reader is not None and not self._reader.done():
            self._reader.set_result(None)

    def _look(self) -> None:
        """See whether the reader has waited for too long; one timer for all waits of a batch."""
        self._timer = None
        limit = self._longest_silence_seconds
        if limit is None or self._reader is None:
            return
        rest = self._waits_since + limit - self._loop.time()
        if rest > 0:
            self._timer = self._loop.call_later(rest, self._look)
        else:
            self.fail(EngineHung(), "the engine told nothing for too long")
