"""Stops tasks at their owners' wish: those that wait at once, those that run by telling them so."""

from collections.abc import Sequence

import apsw

from kaiga.domain.ids import TaskId, first_task_id_at
from kaiga.domain.tasks import TaskStatus
from kaiga.ports.task_store import WaitingFilter, WaitingTask
from kaiga.store.rows import to_milliseconds
from kaiga.store.sqlite.ending import EndTasks
from kaiga.store.wanted import CancelWanted

_ASK_TO_STOP = """
    UPDATE tasks SET cancel_requested_ms = coalesce(cancel_requested_ms, ?)
    WHERE id = ? AND account = ? AND region IN ('', ?) AND status = 'RUNNING'
"""
_FIND_WAITING = """
    SELECT id, region FROM tasks INDEXED BY tasks_waiting
    WHERE account = ?1 AND status = 'PENDING' AND id < ?2
        AND (?3 IS NULL OR region IN ('', ?3)) AND (?4 IS NULL OR key_id = ?4)
    LIMIT ?5
"""


class StopTasks:
    """The kind of write that stops a task whether it waits or runs."""

    def __init__(self, ends: EndTasks) -> None:
        self._ends = ends

    def __call__(
        self, connection: apsw.Connection, wanted: Sequence[CancelWanted]
    ) -> Sequence[TaskStatus | None]:
        """Cancel what waits and ask what runs to stop; gives which of the two, None for neither."""
        were_waiting = self._ends.cancel(connection, wanted)
        return [
            TaskStatus.CANCELED if was_waiting else _ask_to_stop(connection, each)
            for each, was_waiting in zip(wanted, were_waiting, strict=True)
        ]


def _ask_to_stop(connection: apsw.Connection, wanted: CancelWanted) -> TaskStatus | None:
    asked = to_milliseconds(wanted.now)
    connection.execute(_ASK_TO_STOP, (asked, wanted.task_id, wanted.account, wanted.region))
    return TaskStatus.RUNNING if connection.changes() else None


def find_waiting(
    connection: apsw.Connection, wanted: WaitingFilter, limit: int
) -> Sequence[WaitingTask]:
    """Find waiting tasks through the index of those alone, however many have ended."""
    before = first_task_id_at(wanted.submitted_before)
    asked = (wanted.account, before, wanted.region, wanted.key_id, limit)
    found = connection.execute(_FIND_WAITING, asked)
    return [WaitingTask(TaskId(str(task_id)), str(region)) for task_id, region in found]
