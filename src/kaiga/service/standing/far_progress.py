"""How far tasks are that run on other nodes: read where somebody asks or listens, and then kept."""

import asyncio
from collections.abc import Callable, Sequence

from kaiga.domain.errors import StoreUnavailable
from kaiga.domain.ids import TaskId
from kaiga.domain.progress import Progress
from kaiga.ports.progress_board import ProgressBoard
from kaiga.service.recent import Recent

_TASKS_REMEMBERED = 16_384
_READ_AT_ONCE = 256
_FOLLOWED_SECONDS = 30.0
"""For how long after it was asked for a task is read again with each news of it."""


class _Known:
    """What was read of one task, and whether nothing newer has been shown since."""

    __slots__ = ("asked_at", "is_fresh", "progress")

    def __init__(self) -> None:
        self.progress: Progress | None = None
        self.is_fresh = False
        self.asked_at = 0.0


class FarProgress:
    """Gives what was read last, and reads anew beside that.

    `is_listened_to` tells of which tasks `tell` is to be told whenever there is something new.
    """

    def __init__(
        self,
        board: ProgressBoard,
        is_listened_to: Callable[[TaskId], bool],
        tell: Callable[[TaskId, Progress], None],
    ) -> None:
        self._board = board
        self._is_listened_to = is_listened_to
        self._tell = tell
        self._known: Recent[TaskId, _Known] = Recent(_TASKS_REMEMBERED)
        self._wanted: dict[TaskId, None] = {}
        self._reading: asyncio.Task[None] | None = None
        board.listen(self._hear, self._known.clear)

    def find(self, task_id: TaskId) -> Progress | None:
        """Give what was read of a task last; where that may be old, it is read after this."""
        known = self._known.find(task_id) or self._begin(task_id)
        known.asked_at = _now()
        if not known.is_fresh:
            self._read_soon(task_id)
        return known.progress

    def forget(self, task_ids: Sequence[TaskId]) -> None:
        """Drop what is known of tasks."""
        for task_id in task_ids:
            self._known.forget(task_id)
            self._wanted.pop(task_id, None)

    def _begin(self, task_id: TaskId) -> _Known:
        known = _Known()
        self._known.put(task_id, known)
        return known

    def _hear(self, task_ids: Sequence[TaskId]) -> None:
        followed_since = _now() - _FOLLOWED_SECONDS
        for task_id in task_ids:
            known = self._known.find(task_id)
            if known is not None:
                known.is_fresh = False
            is_followed = known is not None and known.asked_at >= followed_since
            if is_followed or self._is_listened_to(task_id):
                self._read_soon(task_id)

    def _read_soon(self, task_id: TaskId) -> None:
        self._wanted[task_id] = None
        if self._reading is None:
            self._reading = asyncio.create_task(self._read_wanted())

    async def _read_wanted(self) -> None:
        try:
            while self._wanted:
                batch = list(self._wanted)[:_READ_AT_ONCE]
                for task_id in batch:
                    del self._wanted[task_id]
                await self._read(batch)
        except StoreUnavailable:  # whoever asks next has it read then
            self._wanted.clear()
        finally:
            self._reading = None

    async def _read(self, task_ids: Sequence[TaskId]) -> None:
        before = {each: self._known.find(each) or self._begin(each) for each in task_ids}
        for known in before.values():
            known.is_fresh = True  # news that come while it is being read make it old again
        try:
            read = await self._board.read({each: known.progress for each, known in before.items()})
        except BaseException:
            for known in before.values():
                known.is_fresh = False
            raise
        for task_id, known in before.items():
            progress = read.get(task_id)
            is_new = progress is not None and progress != known.progress
            known.progress = progress
            if is_new and progress is not None and self._is_listened_to(task_id):
                self._tell(task_id, progress)


def _now() -> float:
    return asyncio.get_running_loop().time()
