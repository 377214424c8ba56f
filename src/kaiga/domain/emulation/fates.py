"""What becomes of a task in the emulator, decided at its submission."""

from collections.abc import Mapping

import msgspec

from kaiga.domain.tasks import Failure, TaskStatus


class TaskFate(msgspec.Struct, frozen=True, kw_only=True):
    """How a task is to go: usually it waits, runs and succeeds, as its pace has it.

    With `stuck_in` (PENDING or RUNNING) it stays in that state until it is canceled or reset.
    With `failure` it is FAILED instead of making anything. `failed_results` are the results of
    several, by index from 0, that fail while the others are made.
    """

    stuck_in: TaskStatus | None = None
    failure: Failure | None = None
    failed_results: Mapping[int, Failure] = {}


USUAL_FATE = TaskFate()
