"""How far running tasks are: hints, kept in memory and dropped with the task's end."""

from collections.abc import Callable, Sequence

from kaiga.domain.ids import TaskId
from kaiga.domain.progress import Progress
from kaiga.ports.progress_board import ProgressBoard
from kaiga.ports.task_store import TaskStore
from kaiga.service.standing.far_progress import FarProgress

Listener = Callable[[TaskId, Progress], None]
IsRead = Callable[[TaskId], bool]


class TaskProgress:
    """What is known of running tasks, for whoever asks, and told to whoever listens.

    With a board, other nodes see what is reported here, and the other way round.
    """

    def __init__(self, store: TaskStore, board: ProgressBoard | None = None) -> None:
        self._progress: dict[TaskId, Progress] = {}
        self._listeners: list[Listener] = []
        self._are_read: list[IsRead] = []
        self._board = board
        self._far: FarProgress | None = None
        self.find: Callable[[TaskId], Progress | None] = self._progress.get
        """Gives what is known of a task; it takes no wait."""
        if board is not None:
            self._far = FarProgress(board, self._is_listened_to, self._tell)
            self.find = self._find_anywhere
        store.on_change(self._forget)

    def report(self, task_id: TaskId, progress: Progress) -> None:
        """Take note of how far a task is; what an older attempt tells counts for nothing."""
        known = self._progress.get(task_id)
        if known is not None and known.attempt > progress.attempt:
            return
        self._progress[task_id] = progress
        self._tell(task_id, progress)
        if self._board is not None:
            self._board.publish(task_id, progress)

    def end(self, task_id: TaskId, attempt: int) -> None:
        """Drop what an attempt has told, which is over, however its task stands."""
        known = self._progress.get(task_id)
        if known is not None and known.attempt == attempt:
            del self._progress[task_id]
        if self._board is not None:
            self._board.withdraw(task_id, attempt)

    def on_report(self, listener: Listener, is_read: IsRead | None = None) -> None:
        """Have `listener` called with every report, on the event loop.

        Of tasks that run on other nodes it is called with those that `is_read` is true of.
        """
        self._listeners.append(listener)
        if is_read is not None:
            self._are_read.append(is_read)

    def _find_anywhere(self, task_id: TaskId) -> Progress | None:
        known = self._progress.get(task_id)
        return known if known is not None or self._far is None else self._far.find(task_id)

    def _is_listened_to(self, task_id: TaskId) -> bool:
        """Tell whether somebody here wants to hear of a task that another node runs."""
        return task_id not in self._progress and any(is_read(task_id) for is_read in self._are_read)

    def _tell(self, task_id: TaskId, progress: Progress) -> None:
        for listener in self._listeners:
            listener(task_id, progress)

    def _forget(self, task_ids: Sequence[TaskId]) -> None:
        """Drop what is known of tasks that were claimed anew, wait again or have ended."""
        for task_id in task_ids:
            self._progress.pop(task_id, None)
        if self._far is not None:
            self._far.forget(task_ids)
