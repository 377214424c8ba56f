"""What one attempt tells of how far it is, as its engine's steps come in."""

from collections.abc import Callable, Mapping

from kaiga.domain.ids import TaskId
from kaiga.domain.progress import Progress
from kaiga.domain.tasks import Task
from kaiga.ports.engine import StepDone
from kaiga.service.running.phase_times import PhaseTimes
from kaiga.service.standing.task_progress import TaskProgress

CANCELING = "canceling"
_LOAD = "load"


class ProgressReport:
    """The report of one attempt; every change of it is told at once.

    Jobs are made one after the other and may have different numbers of steps, so that each counts
    as many as the one that told last. `clock` gives seconds, to tell how long phases take.
    """

    def __init__(self, progress: TaskProgress, task: Task, clock: Callable[[], float]) -> None:
        self._progress = progress
        self._task_id: TaskId = task.id
        self._attempt = task.attempt
        self._phase = ""
        self._times = PhaseTimes(clock)
        self._jobs = 0
        self._steps = 0
        self._shares: dict[int, float] = {}
        self._preview = b""

    def begin(self, phase: str) -> None:
        """Tell of a phase; none comes after `canceling`."""
        if self._phase != CANCELING:
            self._enter(phase)
            self._tell()

    def begin_jobs(self, jobs: int) -> None:
        """Tell that the engine has so many jobs to do from here on."""
        self._jobs = jobs
        self.begin(_LOAD)

    def take_step(self, done: StepDone) -> None:
        """Tell of a step; a job never goes back, and what takes steps has been loaded."""
        if self._phase == _LOAD:
            self._enter("generate")
        self._steps = done.steps
        share = min(1.0, done.step / max(1, done.steps))
        self._shares[done.index] = max(share, self._shares.get(done.index, 0.0))
        self._tell()

    def take_preview(self, content: bytes) -> None:
        """Tell of an unfinished picture."""
        self._preview = content
        self._tell()

    def take_end(self, index: int) -> None:
        """Tell that a job is done or can't be; after the last one the results are stored."""
        self._shares[index] = 1.0
        is_last = sum(share == 1.0 for share in self._shares.values()) >= self._jobs
        if is_last:
            self.begin("store")
        else:
            self._tell()

    def close(self) -> Mapping[str, int]:
        """Tell nothing more, and give for how many milliseconds the attempt was at what."""
        self._progress.end(self._task_id, self._attempt)
        self._times.begin("")
        return self._times.list_milliseconds()

    def _enter(self, phase: str) -> None:
        self._phase = phase
        self._times.begin(phase)

    def _tell(self) -> None:
        self._progress.report(
            self._task_id,
            Progress(
                attempt=self._attempt,
                phase=self._phase,
                step=int(self._steps * sum(self._shares.values())),
                steps=self._steps * self._jobs,
                preview=self._preview,
            ),
        )
