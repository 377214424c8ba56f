"""Draws the ids of new tasks."""

from datetime import datetime

from kaiga.domain.ids import TaskId, begin_task_ids, draw_task_id_endings
from kaiga.domain.instants import milliseconds_since_epoch

_IDS_PER_DRAW = 512


class TaskIds:
    """Unguessable ids; their random part is made for many at once.

    Every fetch of random bits is a system call that lets go of the interpreter, and on the way of
    a create each of those is an invitation to the writer's thread to step in between.
    """

    def __init__(self) -> None:
        self._endings: list[str] = []
        self._milliseconds: int | None = None
        self._beginning = ""

    def draw(self, at: datetime) -> TaskId:
        """Make the id of a task submitted at `at`."""
        milliseconds = milliseconds_since_epoch(at)
        if milliseconds != self._milliseconds:
            self._milliseconds, self._beginning = milliseconds, begin_task_ids(milliseconds)
        if not self._endings:
            self._endings = draw_task_id_endings(_IDS_PER_DRAW)
        return TaskId(self._beginning + self._endings.pop())
