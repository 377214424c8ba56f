"""Records tasks, each once, as a kind of write that the group commit runs."""

from collections.abc import Sequence

import apsw

from kaiga.domain.errors import KaigaError, QueueFull, SubmittedBefore
from kaiga.domain.tasks import (
    IdempotencyMark,
    NewTask,
    Task,
    TaskStatus,
)
from kaiga.store.rows import Row, submitted_before_from_row, to_milliseconds
from kaiga.store.sqlite.announcing import Announcements
from kaiga.store.sqlite.task_rows import LARGEST_INSERT, encode_keys, insert_inputs, insert_tasks
from kaiga.store.sqlite.waiting import WaitingTasks
from kaiga.store.wanted import AddWanted

_FORGET_SUBMISSION = """
    DELETE FROM submissions WHERE account = ? AND workspace = ? AND key = ? AND expires_ms <= ?
"""
_INSERT_SUBMISSION = """
    INSERT INTO submissions (account, workspace, key, body_digest, task_id, expires_ms)
    VALUES (?, ?, ?, ?, ?, ?)
"""
_FIND = "SELECT id FROM tasks WHERE id IN (SELECT value FROM json_each(?))"
FIND_SUBMISSION = """
    SELECT task_id, body_digest FROM submissions WHERE account = ? AND workspace = ? AND key = ?
"""


class AddTasks:
    """Inserts tasks; those that are final already announce their end."""

    def __init__(self, waiting: WaitingTasks, announcements: Announcements) -> None:
        self._waiting = waiting
        self._announcements = announcements

    def __call__(
        self, connection: apsw.Connection, wanted: Sequence[AddWanted]
    ) -> Sequence[KaigaError | None]:
        """Insert what may be inserted; gives for each why it was not."""
        open_lanes: set[tuple[str, str]] = set()
        refusals = [self._admit(connection, each.new, open_lanes) for each in wanted]
        admitted = [each for each, refusal in zip(wanted, refusals, strict=True) if refusal is None]
        insert_tasks(connection, [each.row for each in admitted])
        insert_inputs(connection, [each.new for each in admitted])
        for each in admitted:
            if each.new.task.status.is_final:
                self._announcements.add(connection, [each.new.task.id])
        return refusals

    def needs_one_statement(self, wanted: Sequence[AddWanted]) -> bool:
        """Tell whether one statement does it: few enough tasks, with no end to announce."""
        return len(wanted) <= LARGEST_INSERT and all(_is_one_row(each.new) for each in wanted)

    def find_plain_rows(self, wanted: Sequence[AddWanted]) -> Sequence[Row] | None:
        """See `InsertingKind`; the lanes are taken note of here."""
        if not all(_is_one_row(each.new) for each in wanted):
            return None
        lanes = {each.new.task.lane for each in wanted}
        if any(map(self._waiting.is_limited, lanes)):
            return None
        for lane in lanes:
            self._waiting.add(lane)
        return [each.row for each in wanted]

    def finish(
        self, connection: apsw.Connection, wanted: Sequence[AddWanted]
    ) -> Sequence[KaigaError | None]:
        """See `InsertingKind`."""
        found = connection.execute(_FIND, (encode_keys(each.new.task.id for each in wanted),))
        there = {row[0] for row in found}
        missing = [each for each in wanted if each.new.task.id not in there]
        refusals = iter(self(connection, missing))
        return [None if each.new.task.id in there else next(refusals) for each in wanted]

    def _admit(
        self, connection: apsw.Connection, new: NewTask, open_lanes: set[tuple[str, str]]
    ) -> KaigaError | None:
        """Give a task its place; that one was told to `waiting` for nothing does no harm.

        `open_lanes` are those of this batch that are known to wait and take any number of tasks,
        so that of most tasks there is nothing more to note.
        """
        task, mark = new.task, new.idempotency
        is_waiting = task.status is TaskStatus.PENDING
        if mark is None and is_waiting and (task.account, task.catalogue_model) in open_lanes:
            return None
        if mark is not None:
            before = _find_submission(connection, task, mark)
            if before is not None:
                return before
        if is_waiting:
            lane = task.lane
            if not self._waiting.has_room(connection, lane):
                return QueueFull()
            self._waiting.add(lane)
            if not self._waiting.is_limited(lane):
                open_lanes.add(lane)
        if mark is not None:
            _record_submission(connection, task, mark)
        return None


def _is_one_row(new: NewTask) -> bool:
    is_waiting = new.task.status is TaskStatus.PENDING
    return is_waiting and new.idempotency is None and not new.inputs


def _find_submission(
    connection: apsw.Connection, task: Task, mark: IdempotencyMark
) -> SubmittedBefore | None:
    """Give which task was submitted under the same key and is not forgotten yet."""
    submitted = (task.account, task.workspace, mark.key)
    connection.execute(_FORGET_SUBMISSION, (*submitted, to_milliseconds(task.submitted_at)))
    found = connection.execute(FIND_SUBMISSION, submitted).fetchone()
    return None if found is None else submitted_before_from_row(found, mark)


def _record_submission(connection: apsw.Connection, task: Task, mark: IdempotencyMark) -> None:
    submitted = (task.account, task.workspace, mark.key)
    expires = to_milliseconds(mark.expires_at)
    connection.execute(_INSERT_SUBMISSION, (*submitted, mark.body_digest, task.id, expires))
