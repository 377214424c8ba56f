"""Records tasks, each once, as a kind of write that the group commit runs."""

from collections.abc import Sequence

import apsw

from kaiga.domain.errors import KaigaError, QueueFull, SubmittedBefore
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import (
    IdempotencyMark,
    NewTask,
    Task,
    TaskStatus,
)
from kaiga.store.sqlite.announcing import Announcements
from kaiga.store.sqlite.connecting import Value
from kaiga.store.sqlite.task_rows import (
    LARGEST_INSERT,
    insert_tasks,
    to_milliseconds,
)
from kaiga.store.sqlite.waiting import WaitingTasks

_FORGET_SUBMISSION = """
    DELETE FROM submissions WHERE account = ? AND workspace = ? AND key = ? AND expires_ms <= ?
"""
_INSERT_SUBMISSION = """
    INSERT INTO submissions (account, workspace, key, body_digest, task_id, expires_ms)
    VALUES (?, ?, ?, ?, ?, ?)
"""
FIND_SUBMISSION = """
    SELECT task_id, body_digest FROM submissions WHERE account = ? AND workspace = ? AND key = ?
"""


class AddTasks:
    """Inserts tasks; those that are final already announce their end."""

    def __init__(self, waiting: WaitingTasks, announcements: Announcements) -> None:
        self._waiting = waiting
        self._announcements = announcements

    def __call__(
        self, connection: apsw.Connection, new: Sequence[NewTask]
    ) -> Sequence[KaigaError | None]:
        """Insert what may be inserted; gives for each why it was not."""
        refusals = [self._admit(connection, each) for each in new]
        admitted = [each for each, refusal in zip(new, refusals, strict=True) if refusal is None]
        insert_tasks(connection, admitted)
        for each in admitted:
            if each.task.status.is_final:
                self._announcements.add(connection, [each.task.id])
        return refusals

    def needs_one_statement(self, new: Sequence[NewTask]) -> bool:
        """Tell whether one statement does it: few enough tasks, with no end to announce."""
        return len(new) <= LARGEST_INSERT and not any(
            each.task.status.is_final or each.inputs or each.idempotency for each in new
        )

    def _admit(self, connection: apsw.Connection, new: NewTask) -> KaigaError | None:
        """Give a task its place; that one was told to `waiting` for nothing does no harm."""
        mark, lane = new.idempotency, new.task.lane
        if mark is not None:
            before = _find_submission(connection, new.task, mark)
            if before is not None:
                return before
        if new.task.status is TaskStatus.PENDING:
            if not self._waiting.has_room(connection, lane):
                return QueueFull()
            self._waiting.add(lane)
        if mark is not None:
            _record_submission(connection, new.task, mark)
        return None


def _find_submission(
    connection: apsw.Connection, task: Task, mark: IdempotencyMark
) -> SubmittedBefore | None:
    """Give which task was submitted under the same key and is not forgotten yet."""
    submitted = (task.account, task.workspace, mark.key)
    connection.execute(_FORGET_SUBMISSION, (*submitted, to_milliseconds(task.submitted_at)))
    found = connection.execute(FIND_SUBMISSION, submitted).fetchone()
    return None if found is None else make_submitted_before(found, mark)


def make_submitted_before(row: Sequence[Value], mark: IdempotencyMark) -> SubmittedBefore:
    """Read a row of `FIND_SUBMISSION`."""
    return SubmittedBefore(TaskId(str(row[0])), is_same=row[1] == mark.body_digest)


def _record_submission(connection: apsw.Connection, task: Task, mark: IdempotencyMark) -> None:
    submitted = (task.account, task.workspace, mark.key)
    expires = to_milliseconds(mark.expires_at)
    connection.execute(_INSERT_SUBMISSION, (*submitted, mark.body_digest, task.id, expires))
