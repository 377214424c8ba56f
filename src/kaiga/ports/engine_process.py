"""An engine in a child process, as the use case that runs tasks sees it."""

from collections.abc import AsyncGenerator, Sequence
from typing import Protocol

from kaiga.ports.engine import EngineEvent, GenerationJob


class EngineProcess(Protocol):
    """What makes one run's batch, in a process that can die without harm.

    There are more runs than processes for a while: a run has its turn, makes its batch, and
    another run has the process after that.
    """

    async def wait_for_turn(self) -> None:
        """Return once a process is there for the run alone; `generate` does so by itself too.

        Raises:
            EngineBusy: none was free for a long time; another worker may have one.
        """
        ...

    def generate(self, batch: Sequence[GenerationJob]) -> AsyncGenerator[EngineEvent]:
        """Have `batch` made; starts the process where none runs.

        Raises:
            EngineBusy: see `wait_for_turn`.
            EngineCrashed: the process ended, or broke its protocol, before every job had its
                result; it will be started afresh for the next batch.
            EngineHung: it told nothing for too long; likewise.
            EngineAway: it can't be reached, and has begun with nothing.
            EngineUnfit: it can't make what the model asks for, as it is set up.
            EngineStopped: it was asked to stop and has left the rest of the batch undone.
        """
        ...

    def stop_batch(self) -> bool:
        """Ask for the batch that is being made to be left at the engine's next step.

        `generate` then raises `EngineStopped`, or comes to its usual end where that is nearer.
        Gives False, and does nothing, where no batch is being made.
        """
        ...
