"""How far running tasks are: hints, kept in memory alone and dropped with the task's end."""

from collections.abc import Callable, Sequence

import msgspec

from kaiga.domain.ids import TaskId
from kaiga.ports.task_store import TaskStore


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """How far one attempt is.

    `phase` is `queue` (not begun), `inputs`, `load`, `generate`, `encode`, `store` or `canceling`.
    `step` of `steps` counts over all results of the task, 0 of 0 where the engine tells none.
    `preview` is the newest unfinished picture as an encoded file, empty for none.
    """

    attempt: int
    phase: str
    step: int = 0
    steps: int = 0
    preview: bytes = b""


Listener = Callable[[TaskId, Progress], None]


class TaskProgress:
    """What is known of running tasks, for whoever asks, and told to whoever listens."""

    def __init__(self, store: TaskStore) -> None:
        self._progress: dict[TaskId, Progress] = {}
        self._listeners: list[Listener] = []
        self.find = self._progress.get
        store.on_change(self._forget)

    def report(self, task_id: TaskId, progress: Progress) -> None:
        """Take note of how far a task is; what an older attempt tells counts for nothing."""
        known = self._progress.get(task_id)
        if known is not None and known.attempt > progress.attempt:
            return
        self._progress[task_id] = progress
        for listener in self._listeners:
            listener(task_id, progress)

    def end(self, task_id: TaskId, attempt: int) -> None:
        """Drop what an attempt has told, which is over, however its task stands."""
        known = self._progress.get(task_id)
        if known is not None and known.attempt == attempt:
            del self._progress[task_id]

    def on_report(self, listener: Listener) -> None:
        """Have `listener` called with every report, on the event loop."""
        self._listeners.append(listener)

    def _forget(self, task_ids: Sequence[TaskId]) -> None:
        """Drop what is known of tasks that were claimed anew, wait again or have ended."""
        for task_id in task_ids:
            self._progress.pop(task_id, None)
