"""Tells what is going on with a task: more than the contract's query does."""

from collections.abc import Sequence
from dataclasses import dataclass

from kaiga.domain.keys import Caller
from kaiga.domain.progress import Progress
from kaiga.domain.tasks import Attempt, Task, TaskStatus
from kaiga.ports.task_store import TaskStore
from kaiga.service.engines.engine_board import EngineBoard
from kaiga.service.reading.inspect_task import InspectTask
from kaiga.service.running.progress_report import CANCELING
from kaiga.service.standing.task_progress import TaskProgress


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """A task with what is known beside it; `phase` is None once it has ended.

    `loading` is how far its model is, from 0 to 1, while the task waits for that.
    """

    task: Task
    phase: str | None
    loading: float | None
    progress: Progress | None
    attempts: Sequence[Attempt]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowTask:
    """The use case."""

    store: TaskStore
    inspect_task: InspectTask
    progress: TaskProgress
    board: EngineBoard

    async def __call__(self, caller: Caller, task_id: str) -> TaskView:
        """Give a task that the caller may read.

        Raises:
            TaskUnknown: it is not there for this caller.
            StoreUnavailable: the store did not answer.
        """
        task = await self.inspect_task(caller, task_id)
        attempts = await self.store.list_attempts(task.id)
        progress = self.progress.find(task.id)
        if progress is not None and progress.attempt != task.attempt:
            progress = None
        is_waiting = task.status is TaskStatus.PENDING
        return TaskView(
            task=task,
            phase=_find_phase(task, progress),
            loading=self.board.find_loading(task.catalogue_model) if is_waiting else None,
            progress=progress,
            attempts=attempts,
        )


def _find_phase(task: Task, progress: Progress | None) -> str | None:
    """Say what a task is at; one that was just claimed has its inputs collected first."""
    if task.status.is_final:
        return None
    if task.status is TaskStatus.PENDING:
        return "queue"
    if task.is_canceling:
        return CANCELING
    return "inputs" if progress is None else progress.phase
