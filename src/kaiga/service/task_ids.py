"""Draws the ids of new tasks."""

import secrets
from datetime import datetime

from kaiga.domain.ids import TaskId, make_task_id

_BYTES_PER_ID = 10
_IDS_PER_DRAW = 512


class TaskIds:
    """Unguessable ids; their random bits are fetched for many at once.

    Every fetch is a system call that lets go of the interpreter, and on the way of a create each
    of those is an invitation to the writer's thread to step in between.
    """

    def __init__(self) -> None:
        self._bytes = b""
        self._used = 0

    def draw(self, at: datetime) -> TaskId:
        """Make the id of a task submitted at `at`."""
        if self._used >= len(self._bytes):
            self._bytes = secrets.token_bytes(_BYTES_PER_ID * _IDS_PER_DRAW)
            self._used = 0
        drawn = self._bytes[self._used : self._used + _BYTES_PER_ID]
        self._used += _BYTES_PER_ID
        return make_task_id(at, int.from_bytes(drawn, "big"))
