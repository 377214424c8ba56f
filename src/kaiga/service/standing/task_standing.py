"""How an unfinished task stands: its phase, its place, and when it may end; from memory alone."""

import math
from dataclasses import dataclass

import msgspec

from kaiga.domain.tasks import Task, TaskStatus
from kaiga.ports.clock import Calendar
from kaiga.service.standing.crew import Crew
from kaiga.service.standing.queue_positions import COUNTED, QueuePositions
from kaiga.service.standing.task_progress import TaskProgress

_IN_QUEUE = "queue"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """What is known now: nothing of it is a promise, and each member may be missing.

    `phase` is one of `Progress`, empty while a running task has told nothing; `position` is how
    many tasks wait before it in its lane, counted up to `COUNTED`; `eta_seconds` is when it may
    end, in whole seconds from now.
    """

    phase: str = ""
    step: int = 0
    steps: int = 0
    position: int | None = None
    eta_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskStanding:
    """Puts together what progress, queue and measured costs say of a task."""

    progress: TaskProgress
    positions: QueuePositions
    crew: Crew
    calendar: Calendar

    def find(self, task: Task) -> Standing:
        """Give how a task that has not ended stands; it takes no wait."""
        return self.find_lasting(task)[0]

    def find_lasting(self, task: Task) -> tuple[Standing, float]:
        """Give the same, and until when it may be told again.

        That is in seconds of `time.monotonic`, and in the past where any moment may change
        it. A waiting task's place is read once a second; its ETA may follow as slowly.
        """
        if task.status is TaskStatus.PENDING:
            position, read_until = self.positions.find_lasting(task)
            return self.find_in_queue(task, position), read_until
        return self._find_running(task), 0.0

    def _find_running(self, task: Task) -> Standing:
        progress = self.progress.find(task.id)
        eta_seconds = self._foretell_run(task)
        if progress is None or progress.attempt != task.attempt:
            return Standing(eta_seconds=eta_seconds)
        return Standing(
            phase=progress.phase,
            step=progress.step,
            steps=progress.steps,
            eta_seconds=eta_seconds,
        )

    def find_in_queue(self, task: Task, position: int | None) -> Standing:
        """Give how a waiting task stands that has this place."""
        return Standing(
            phase=_IN_QUEUE, position=position, eta_seconds=self._foretell_wait(task, position)
        )

    def _foretell_wait(self, task: Task, position: int | None) -> int | None:
        if position is None or position >= COUNTED or not self.crew.slots:
            return None
        others_seconds = self.crew.costs.find_mean_seconds(task.catalogue_model)
        own_seconds = None if others_seconds is None else self.crew.costs.find_seconds(task)
        if others_seconds is None or own_seconds is None:
            return None
        return math.ceil(position * others_seconds / self.crew.slots + own_seconds)

    def _foretell_run(self, task: Task) -> int | None:
        own_seconds = self.crew.costs.find_seconds(task)
        if own_seconds is None or task.scheduled_at is None:
            return None
        run_seconds = (self.calendar.now(task.account) - task.scheduled_at).total_seconds()
        return max(0, math.ceil(own_seconds - run_seconds))
