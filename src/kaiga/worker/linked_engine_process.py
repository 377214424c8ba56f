"""The worker's side of one process with an engine, started on first use and after it has died."""

from collections.abc import AsyncGenerator, Callable, Sequence

from kaiga.domain.errors import EngineCrashed
from kaiga.ports.engine import EngineEvent, GenerationJob
from kaiga.worker.batch_answers import BatchAnswers
from kaiga.worker.engine_link import EngineLink, StartLink
from kaiga.worker.messages import Batch, Message, StopBatch

_GRACE_SECONDS = 2.0
_MOST_UNREAD = 16
"""Events: beyond it the process has to wait, so that what it makes does not pile up in memory."""


def _tell_nobody() -> None:
    """Stand for no listener."""


class LinkedEngineProcess:
    """One slot, whose process may die at any moment; it makes one batch at a time.

    `start` starts a process. One that tells nothing for `longest_silence_seconds` while it has a
    batch counts as hung; None lets it be silent for ever.
    """

    def __init__(self, start: StartLink, longest_silence_seconds: float | None = None) -> None:
        self._start = start
        self._longest_silence_seconds = longest_silence_seconds
        self._link: EngineLink | None = None
        self.batches = 0
        """How many it was given so far, loads included."""
        self._answers: BatchAnswers | None = None
        """Of the batch that is being made."""
        self.loaded: tuple[str, ...] = ()
        """The models that the process has at hand, as it told with its latest batch."""

    @property
    def process_id(self) -> int | None:
        """The process's id while one runs."""
        return None if self._link is None else self._link.process_id

    async def start(self) -> None:
        """Have a process run, without a batch; does nothing where one does.

        Raises:
            EngineCrashed: none can be started.
        """
        await self._ensure_started()

    def generate(
        self, batch: Sequence[GenerationJob], on_over: Callable[[], None] = _tell_nobody
    ) -> AsyncGenerator[EngineEvent]:
        """Have `batch` made; see `EngineProcess`.

        `on_over` is called once, as soon as the next batch may be asked for: what this one has
        told may still be unread then.
        """
        return self._send(batch[0].model, batch, on_over)

    def load(self, model: str) -> AsyncGenerator[EngineEvent]:
        """Have a model made ready; the events are `LoadProgressed`, and none where it is.

        Raises:
            EngineUnfit, EngineCrashed, EngineHung: see `EngineProcess`.
        """
        return self._send(model, (), _tell_nobody)

    async def _send(
        self, model: str, jobs: Sequence[GenerationJob], on_over: Callable[[], None]
    ) -> AsyncGenerator[EngineEvent]:
        answers = BatchAnswers(len(jobs), self._longest_silence_seconds, on_over)
        self._answers = answers
        try:
            link = await self._ensure_started()
            self.batches += 1
            link.send(Batch(number=self.batches, model=model, jobs=tuple(jobs)))
            while (event := await answers.read_event()) is not None:
                if self._answers is answers:
                    link.hold_back(is_full=answers.unread > _MOST_UNREAD)
                yield event
            self.loaded = answers.loaded
        finally:
            if not answers.is_over:  # whatever the process still computes, nobody waits for it
                try:
                    await self.stop(grace_seconds=0)
                finally:
                    answers.end()

    def stop_batch(self) -> bool:
        """See the port; a process that can't be told has ended, which `generate` finds out."""
        if self._link is None or self._answers is None or self._answers.is_over:
            return False
        try:
            self._link.send(StopBatch(number=self.batches))
        except EngineCrashed:
            return True
        return True

    async def stop(self, grace_seconds: float = _GRACE_SECONDS) -> None:
        """End the process: by asking it, then by force."""
        link, self._link = self._link, None
        self.loaded = ()
        if link is not None:
            await link.stop(grace_seconds)

    async def _ensure_started(self) -> EngineLink:
        if self._link is not None and (self._link.is_lost or self._link.process_id is None):
            await self.stop(grace_seconds=0)
        if self._link is None:
            self._link = await self._start(self._hear, self._lose)
        return self._link

    def _hear(self, message: Message) -> None:
        answers = self._answers
        if answers is None or answers.is_over or self._link is None:
            return
        answers.take(message)
        self._link.hold_back(is_full=not answers.is_over and answers.unread > _MOST_UNREAD)

    def _lose(self, reason: str) -> None:
        if self._answers is not None:
            self._answers.fail(EngineCrashed(), reason)
