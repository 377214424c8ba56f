"""The parent's side: one engine child, started on first use and again after it died."""

import os
from collections.abc import AsyncGenerator, Callable, Sequence

from kaiga.domain.errors import EngineCrashed
from kaiga.ports.engine import EngineEvent, GenerationJob
from kaiga.worker.batch_answers import BatchAnswers
from kaiga.worker.child_pipe import ChildPipe, start_child
from kaiga.worker.frames import Batch, Message, StopBatch

_GRACE_SECONDS = 2.0
_MOST_UNREAD = 16
"""Events: beyond it the child has to wait, so that what it makes does not pile up in memory."""


def _tell_nobody() -> None:
    """Stand for no listener."""


class ChildEngineProcess:
    """One slot, whose child may die at any moment; it makes one batch at a time.

    A child that tells nothing for `longest_silence_seconds` while it has a batch counts as hung;
    None lets it be silent for ever.
    """

    def __init__(
        self, command: Sequence[str], longest_silence_seconds: float | None = None
    ) -> None:
        self._command = (*command, str(os.getpid()))
        self._longest_silence_seconds = longest_silence_seconds
        self._pipe: ChildPipe | None = None
        self._batches = 0
        self._answers: BatchAnswers | None = None
        """Of the batch that is being made."""
        self.loaded: tuple[str, ...] = ()
        """The models that the child has at hand, as it told with its latest batch."""

    @property
    def process_id(self) -> int | None:
        """The child's process id while one runs."""
        return None if self._pipe is None else self._pipe.process_id

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
            pipe = await self._ensure_started()
            self._batches += 1
            pipe.send(Batch(number=self._batches, model=model, jobs=tuple(jobs)))
            while (event := await answers.read_event()) is not None:
                if self._answers is answers:
                    pipe.hold_back(is_full=answers.unread > _MOST_UNREAD)
                yield event
            self.loaded = answers.loaded
        finally:
            if not answers.is_over:  # whatever the child still computes, nobody waits for it
                try:
                    await self.stop(grace_seconds=0)
                finally:
                    answers.end()

    def stop_batch(self) -> bool:
        """See the port; a child that can't be told has ended, which `generate` finds out."""
        if self._pipe is None or self._answers is None or self._answers.is_over:
            return False
        try:
            self._pipe.send(StopBatch(number=self._batches))
        except EngineCrashed:
            return True
        return True

    async def stop(self, grace_seconds: float = _GRACE_SECONDS) -> None:
        """End the child: by closing its input, then by force."""
        pipe, self._pipe = self._pipe, None
        self.loaded = ()
        if pipe is not None:
            await pipe.stop(grace_seconds)

    async def _ensure_started(self) -> ChildPipe:
        if self._pipe is not None and (self._pipe.is_lost or self._pipe.process_id is None):
            await self.stop(grace_seconds=0)
        if self._pipe is None:
            self._pipe = await start_child(self._command, self._hear, self._lose)
        return self._pipe

    def _hear(self, message: Message) -> None:
        answers = self._answers
        if answers is None or answers.is_over or self._pipe is None:
            return
        answers.take(message)
        self._pipe.hold_back(is_full=not answers.is_over and answers.unread > _MOST_UNREAD)

    def _lose(self, reason: str) -> None:
        if self._answers is not None:
            self._answers.fail(EngineCrashed(), reason)
