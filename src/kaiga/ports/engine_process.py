"""An engine in a child process, as the use case that runs tasks sees it."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from kaiga.ports.engine import EngineEvent, GenerationJob


class EngineProcess(Protocol):
    """One slot: it makes one batch at a time, in a process that can die without harm."""

    def generate(self, batch: Sequence[GenerationJob]) -> AsyncGenerator[EngineEvent]:
        """Have `batch` made; starts the process where none runs.

        Raises:
            EngineCrashed: the process ended, or broke its protocol, before every job had its
                result; it will be started afresh for the next batch.
            EngineHung: it told nothing for too long; likewise.
            EngineStopped: it was asked to stop and has left the rest of the batch undone.
        """
        ...

    async def stop_batch(self) -> bool:
        """Ask for the batch that is being made to be left at the engine's next step.

        `generate` then raises `EngineStopped`, or comes to its usual end where that is nearer.
        Gives False, and does nothing, where no batch is being made.
        """
        ...
