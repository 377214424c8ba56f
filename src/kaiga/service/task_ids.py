"""Draws the ids of new tasks."""

import secrets
from datetime import datetime

from kaiga.domain.ids import RANDOM_DIGITS, TaskId, write_task_id

_IDS_PER_DRAW = 512


class TaskIds:
    """Unguessable ids; their random bits are fetched for many at once.

    Every fetch is a system call that lets go of the interpreter, and on the way of a create each
    of those is an invitation to the writer's thread to step in between.
    """

    def __init__(self) -> None:
        self._digits = ""
        self._used = 0

    def draw(self, at: datetime) -> TaskId:
        """Make the id of a task submitted at `at`."""
        start = self._used
        if start == len(self._digits):
            self._digits = secrets.token_hex(RANDOM_DIGITS * _IDS_PER_DRAW // 2)
            start = 0
        self._used = start + RANDOM_DIGITS
        return write_task_id(at, self._digits[start : self._used])
