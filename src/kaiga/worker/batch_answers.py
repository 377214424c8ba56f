"""What an engine child tells of one batch, kept in order until it is read."""

import asyncio
from collections import deque
from collections.abc import Callable

from kaiga.domain.errors import (
    EngineCrashed,
    EngineHung,
    EngineOutOfMemory,
    EngineStopped,
    EngineUnfit,
)
from kaiga.ports.engine import EngineEvent, JobFailed, ResultMade
from kaiga.worker.messages import BatchDone, BatchStopped, EngineBroke, Message, ModelUnfit


class BatchAnswers:
    """The events of a batch of `jobs` jobs, and how it ended.

    It is over once the child can take another batch; what it told may then still be read. Who
    waits for an event for `longest_silence_seconds` is told that the engine hangs; None waits for
    ever. `on_over` is called once, when it is over.
    """

    def __init__(
        self, jobs: int, longest_silence_seconds: float | None, on_over: Callable[[], None]
    ) -> None:
        self.is_over = False
        self.loaded: tuple[str, ...] = ()
        """The models that the child has at hand, once the batch is done."""
        self._loop = asyncio.get_running_loop()
        self._missing = set(range(jobs))
        self._longest_silence_seconds = longest_silence_seconds
        self._on_over = on_over
        self._events: deque[EngineEvent] = deque()
        self._error: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._waits_since = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def unread(self) -> int:
        """How many events were told and not read yet."""
        return len(self._events)

    def take(self, message: Message) -> None:
        """Take what the child says; its last word ends the batch."""
        match message:
            case BatchDone() if self._missing:
                self.fail(EngineCrashed(), "the engine left jobs without a result")
            case BatchDone():
                self.loaded = message.loaded
                self.end()
            case BatchStopped():
                self._error = EngineStopped()
                self.end()
            case ModelUnfit():
                kind = EngineOutOfMemory if message.lacks_memory else EngineUnfit
                self._error = kind(message.reason)
                self.end()
            case EngineBroke():
                self.fail(EngineCrashed(), message.reason)
            case ResultMade() | JobFailed():
                self._missing.discard(message.index)
                self._events.append(message)
            case _:
                self._events.append(message)
        self._wake_reader()

    def end(self) -> None:
        """Take note that the child can take another batch, or that a new one can."""
        if self.is_over:
            return
        self.is_over = True
        if self._timer is not None:
            self._timer.cancel()
        self._on_over()

    def fail(self, error: Exception, reason: str) -> None:
        """Have the reader get `error` after what was told before; the first one counts."""
        if self._error is None and not self.is_over:
            error.__cause__ = RuntimeError(reason)
            self._error = error
            self._wake_reader()

    async def read_event(self) -> EngineEvent | None:
        """Give the next event, None at the end.

        Raises:
            EngineCrashed, EngineHung, EngineStopped, EngineUnfit: see `EngineProcess`.
        """
        while not self._events:
            if self._error is not None:
                raise self._error
            if self.is_over:
                return None
            await self._wait_for_message()
        return self._events.popleft()

    async def _wait_for_message(self) -> None:
        self._waits_since = self._loop.time()
        if self._timer is None and self._longest_silence_seconds is not None:
            self._timer = self._loop.call_later(self._longest_silence_seconds, self._look)
        self._reader = self._loop.create_future()
        try:
            await self._reader
        finally:
            self._reader = None

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
