"""The worker's side of one process with an engine, started on first use and after it has died."""

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncGenerator, Sequence

from kaiga.domain.errors import EngineCrashed, EngineStopped
from kaiga.ports.engine import EngineEvent, GenerationJob
from kaiga.worker.engine_link import EngineLink, StartLink
from kaiga.worker.given_batch import BatchNotBegun, GivenBatch
from kaiga.worker.messages import (
    Batch,
    BatchDone,
    BatchStopped,
    EngineBroke,
    Message,
    ModelUnfit,
    StopBatch,
)

_GRACE_SECONDS = 2.0
_MOST_UNREAD = 16
"""Events: beyond it the process has to wait, so that what it makes does not pile up in memory."""
_LEAVING_SECONDS = 0.25
"""How long a process may go on with a batch that was taken back from it as it began."""
_LAST_WORDS = BatchDone | BatchStopped | ModelUnfit | EngineBroke


def _tell_nobody() -> None:
    """Stand for no listener."""


class LinkedEngineProcess:
    """One slot, whose process may die at any moment; it makes one batch at a time.

    `start` starts a process. One that tells nothing for `longest_silence_seconds` while it makes a
    batch counts as hung; None lets it be silent for ever. `most_batches` may be with it at the
    same time: it makes the first, and has not begun with those behind.
    """

    def __init__(
        self,
        start: StartLink,
        longest_silence_seconds: float | None = None,
        most_batches: int = 1,
    ) -> None:
        self._start = start
        self._longest_silence_seconds = longest_silence_seconds
        self.most_batches = most_batches
        self._link: EngineLink | None = None
        self._starting = asyncio.Lock()
        self.batches = 0
        """How many it was given so far, loads included."""
        self._given: deque[GivenBatch] = deque()
        """What the process has been sent and not answered yet, in the order in which it does."""
        self.loaded: tuple[str, ...] = ()
        """The models that the process has at hand, as it told with its latest batch."""

    @property
    def process_id(self) -> int | None:
        """The process's id while one runs."""
        return None if self._link is None else self._link.process_id

    def is_prompt(self, seconds: float) -> bool:
        """Tell whether it runs, and is busy with one batch for less than `seconds` by now."""
        if self._link is None or self._link.is_lost or self._link.process_id is None:
            return False
        return not self._has_made_one_for(seconds)

    async def start(self) -> None:
        """Have a process run, without a batch; does nothing where one does.

        Raises:
            EngineCrashed: none can be started.
        """
        await self._ensure_started()

    def generate(self, batch: Sequence[GenerationJob]) -> AsyncGenerator[EngineEvent]:
        """Have `batch` made, where no other one is; see `EngineProcess`."""
        return self.make(GivenBatch(batch[0].model, batch, _tell_nobody))

    def load(self, model: str) -> AsyncGenerator[EngineEvent]:
        """Have a model made ready; the events are `LoadProgressed`, and none where it is.

        Raises:
            EngineUnfit, EngineCrashed, EngineHung: see `EngineProcess`.
        """
        return self.make(GivenBatch(model, (), _tell_nobody))

    async def make(self, batch: GivenBatch) -> AsyncGenerator[EngineEvent]:
        """Have a batch made, from `give` to `leave`."""
        try:
            await self.give(batch)
            while (event := await self.read_event(batch)) is not None:
                yield event
        finally:
            await self.leave(batch)

    async def give(self, batch: GivenBatch) -> None:
        """Have `batch` made, after those that were given before; whoever calls it calls `leave`.

        Raises:
            EngineCrashed: the process can't be started, or can't be told.
        """
        batch.link = await self._ensure_started()
        self._send(batch.link, batch)

    async def read_event(self, batch: GivenBatch) -> EngineEvent | None:
        """Give the next event of a batch that was given, None at its end.

        Raises:
            EngineUnfit, EngineCrashed, EngineHung, EngineStopped: see `EngineProcess`.
            BatchNotBegun: the process ended while it made one before this, or `take_back` was
                called.
        """
        event = await batch.read_event()
        self._hold_back()
        return event

    async def leave(self, batch: GivenBatch) -> None:
        """Need no more of a batch: what nobody waits for is ended.

        That is with the process, unless it has yet to begin with the batch.
        """
        if batch.is_over:
            return
        if batch in self._given and batch is not self._given[0]:
            self._tell_stop(batch)
            batch.take_back()
            return
        try:
            if batch.link is self._link:
                await self.stop(grace_seconds=0)
        finally:
            batch.end()

    def stop_batch(self) -> bool:
        """See the port; it is the batch that is being made that is stopped."""
        return bool(self._given) and self.stop_given(self._given[0])

    def stop_given(self, batch: GivenBatch) -> bool:
        """Stop a batch like `stop_batch`; one that has not begun is stopped at once.

        A process that can't be told has ended, which the reader finds out.
        """
        if batch.is_over or batch not in self._given:
            return False
        self._tell_stop(batch)
        if batch is not self._given[0]:
            batch.take_back(EngineStopped())
        return True

    def take_back(self, seconds: float) -> None:
        """Take back what waits behind a batch that is being made for `seconds` and longer."""
        if not self._has_made_one_for(seconds):
            return
        for batch in list(self._given)[1:]:
            if not batch.is_over:
                self._tell_stop(batch)
                batch.take_back(BatchNotBegun())

    async def stop(self, grace_seconds: float = _GRACE_SECONDS) -> None:
        """End the process: by asking it, then by force."""
        link, self._link = self._link, None
        self.loaded = ()
        if link is not None:
            await link.stop(grace_seconds)

    async def _ensure_started(self) -> EngineLink:
        async with self._starting:
            link = self._link
            if link is not None and (link.is_lost or link.process_id is None):
                await self.stop(grace_seconds=0)
            if self._link is None:
                self._link = await self._start(self._hear, self._lose)
            return self._link

    def _send(self, link: EngineLink, batch: GivenBatch) -> None:
        self.batches += 1
        batch.number = self.batches
        try:
            link.send(Batch(number=batch.number, model=batch.model, jobs=tuple(batch.jobs)))
        except EngineCrashed:
            is_first = not self._given
            link.kill()
            if is_first:
                raise
            batch.take_back(BatchNotBegun())
            return
        self._given.append(batch)
        if len(self._given) == 1:
            self._begin_first()

    def _tell_stop(self, batch: GivenBatch) -> None:
        if self._link is not None:
            with contextlib.suppress(EngineCrashed):
                self._link.send(StopBatch(number=batch.number))

    def _has_made_one_for(self, seconds: float) -> bool:
        begun_at = self._given[0].begun_at if self._given else None
        return begun_at is not None and time.monotonic() - begun_at >= seconds

    def _hear(self, message: Message) -> None:
        """Hand on what the process says of the first batch; after its last word comes the next."""
        if not self._given or self._link is None:
            return
        first = self._given[0]
        first.take(message)
        if first.has_failed or isinstance(message, EngineBroke):
            self._link.kill()
            return
        if isinstance(message, _LAST_WORDS):
            if isinstance(message, BatchDone):
                self.loaded = message.loaded
            self._given.popleft()
            self._begin_first()
            first.end()
        self._hold_back()

    def _begin_first(self) -> None:
        if not self._given:
            return
        first = self._given[0]
        first.begin(self._longest_silence_seconds)
        if first.is_over:
            loop = asyncio.get_running_loop()
            loop.call_later(_LEAVING_SECONDS, self._end_unwanted, first)

    def _end_unwanted(self, batch: GivenBatch) -> None:
        """End a process that has not left a batch which nobody waits for."""
        if self._link is not None and self._given and self._given[0] is batch:
            self._link.kill()

    def _hold_back(self) -> None:
        if self._link is not None:
            is_full = bool(self._given) and self._given[0].unread > _MOST_UNREAD
            self._link.hold_back(is_full=is_full)

    def _lose(self, reason: str) -> None:
        """Tell who waits: what was being made is lost, and what is behind that has not begun."""
        given, self._given = self._given, deque()
        if given:
            given.popleft().fail(EngineCrashed(), reason)
        for batch in given:
            batch.take_back(BatchNotBegun())
