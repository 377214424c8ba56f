"""Ends of attempts and of tasks that no worker publishes, each once, as kinds of write."""

from collections.abc import Sequence
from datetime import datetime

import apsw
import msgspec

from kaiga.domain.errors import KaigaError, LeaseLost
from kaiga.domain.ids import AccountId, Lane, TaskId
from kaiga.domain.lifetimes import (
    WAITED_TOO_LONG_IN_QUEUE,
    expiry_of_task,
    failure_after,
    has_tries_left,
)
from kaiga.domain.tasks import (
    CANCELED,
    AttemptCause,
    Outcome,
    TaskStatus,
)
from kaiga.store.rows import make_end_row, to_milliseconds
from kaiga.store.sqlite.announcing import Announcements
from kaiga.store.sqlite.finishing import make_finish
from kaiga.store.sqlite.waiting import WaitingTasks
from kaiga.store.wanted import CancelWanted, GiveBackWanted, OverdueTask, RecoverWanted

_CANCEL = """
    UPDATE tasks SET status = 'CANCELED', ended_ms = ?, expires_ms = ?
    WHERE id = ? AND account = ? AND region IN ('', ?) AND status = 'PENDING'
    RETURNING account, catalogue_model
"""
_FAIL_WAITING = """
    UPDATE tasks SET status = 'FAILED', ended_ms = ?, expires_ms = ?, failure_code = ?,
        failure_message = ?
    WHERE id = ? AND attempt = ? AND status = 'PENDING'
    RETURNING account, catalogue_model
"""
_END_ATTEMPT = "UPDATE attempts SET ended_ms = ?, cause = ? WHERE task_id = ? AND attempt = ?"
_IS_RUNNING = "SELECT 1 FROM tasks WHERE id = ? AND attempt = ? AND status = 'RUNNING'"
_COUNT_CAUSE = """
    SELECT count(*), (SELECT cancel_requested_ms FROM tasks WHERE id = ?1)
    FROM attempts WHERE task_id = ?1 AND cause = ?2
"""
_WAIT_AGAIN = """
    UPDATE tasks SET status = 'PENDING', worker = NULL, lease_deadline = NULL, scheduled_ms = NULL
    WHERE id = ?
"""
_LAPSED = """
    SELECT id, attempt, account, catalogue_model FROM tasks
    WHERE status = 'RUNNING' AND lease_deadline <= ?
"""


class _Attempt(msgspec.Struct, frozen=True):
    """Which attempt is to be ended, and in which lane it runs."""

    task_id: TaskId
    number: int
    lane: Lane


class _Ending(msgspec.Struct, frozen=True):
    """Why an attempt ends, when, and when its task would expire if that was its last."""

    cause: AttemptCause
    now: datetime
    expires_at: datetime


class EndTasks:
    """Ends tasks and attempts; tells what waits, what runs and whom to tell of it."""

    def __init__(self, waiting: WaitingTasks, announcements: Announcements, retries: int) -> None:
        self._waiting = waiting
        self._retries = retries
        self._announcements = announcements

    def cancel(self, connection: apsw.Connection, wanted: Sequence[CancelWanted]) -> Sequence[bool]:
        """End waiting tasks at their owners' wish."""
        return [self._cancel_one(connection, each) for each in wanted]

    def fail_overdue(
        self, connection: apsw.Connection, wanted: Sequence[Sequence[OverdueTask]]
    ) -> Sequence[Sequence[TaskId]]:
        """Fail tasks that have waited for too long, those that wait still; gives which."""
        return [
            [task.id for task in each if self._fail_if_waiting(connection, task)] for each in wanted
        ]

    def give_back(
        self, connection: apsw.Connection, wanted: Sequence[GiveBackWanted]
    ) -> Sequence[KaigaError | None]:
        """End attempts without a result."""
        return [self._give_back_one(connection, each) for each in wanted]

    def recover(
        self, connection: apsw.Connection, wanted: Sequence[RecoverWanted]
    ) -> Sequence[Sequence[TaskId]]:
        """Give back what lapsed leases held."""
        return [self._recover_one(connection, each) for each in wanted]

    def _cancel_one(self, connection: apsw.Connection, wanted: CancelWanted) -> bool:
        ended, expires = to_milliseconds(wanted.now), to_milliseconds(wanted.expires_at)
        canceled = connection.execute(
            _CANCEL, (ended, expires, wanted.task_id, wanted.account, wanted.region)
        ).fetchone()
        if canceled is None:
            return False
        self._waiting.remove(_lane(*canceled))
        self._announcements.add(connection, [wanted.task_id])
        return True

    def _fail_if_waiting(self, connection: apsw.Connection, task: OverdueTask) -> bool:
        ended, expires = to_milliseconds(task.now), to_milliseconds(task.expires_at)
        failure = WAITED_TOO_LONG_IN_QUEUE
        failed = connection.execute(
            _FAIL_WAITING, (ended, expires, failure.code, failure.message, task.id, task.attempt)
        ).fetchone()
        if failed is None:
            return False
        self._waiting.remove(_lane(*failed))
        self._announcements.add(connection, [task.id])
        return True

    def _give_back_one(
        self, connection: apsw.Connection, wanted: GiveBackWanted
    ) -> KaigaError | None:
        task = wanted.claim.task
        if connection.execute(_IS_RUNNING, (task.id, task.attempt)).fetchone() is None:
            return LeaseLost()
        self._end_attempt(connection, _Attempt(task.id, task.attempt, task.lane), wanted)
        return None

    def _recover_one(self, connection: apsw.Connection, wanted: RecoverWanted) -> Sequence[TaskId]:
        lapsed = connection.execute(_LAPSED, (wanted.lease_now,)).fetchall()
        for task_id, attempt, account, model in lapsed:
            lane = _lane(account, model)
            now = wanted.now(lane.account)
            ending = _Ending(AttemptCause.WORKER_LOST, now, expiry_of_task(now, wanted.retention))
            self._end_attempt(
                connection, _Attempt(TaskId(str(task_id)), int(str(attempt)), lane), ending
            )
        return [TaskId(str(task_id)) for task_id, *_ in lapsed]

    def _end_attempt(
        self, connection: apsw.Connection, attempt: _Attempt, ending: _Ending | GiveBackWanted
    ) -> None:
        """Close an attempt; its task waits again, or ends if no try is left or if it is to."""
        self._waiting.free(attempt.lane)
        cause, task_id = ending.cause, attempt.task_id
        ended = to_milliseconds(ending.now)
        connection.execute(_END_ATTEMPT, (ended, cause.value, task_id, attempt.number))
        outcome = self._find_end(connection, task_id, cause)
        if outcome is None:
            connection.execute(_WAIT_AGAIN, (task_id,))
            self._waiting.add(attempt.lane)
            return
        _end_task(connection, task_id, attempt.number, outcome, ending.now, ending.expires_at)
        self._announcements.add(connection, [task_id])

    def _find_end(
        self, connection: apsw.Connection, task_id: TaskId, cause: AttemptCause
    ) -> Outcome | None:
        """Tell how a task ends whose attempt ended with `cause`; None where it waits again."""
        row = connection.execute(_COUNT_CAUSE, (task_id, cause.value)).fetchone()
        times, cancel_requested = row or (0, None)
        if cancel_requested is not None:
            return CANCELED
        if has_tries_left(cause, int(str(times)), self._retries):
            return None
        return Outcome(status=TaskStatus.FAILED, failure=failure_after(cause))


def _end_task(
    connection: apsw.Connection,
    task_id: TaskId,
    attempt: int,
    outcome: Outcome,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Write how a running task has ended; nothing where another attempt has begun meanwhile."""
    values = make_end_row(task_id, attempt, outcome, now, expires_at)
    connection.execute(make_finish(1), values)


def _lane(account: object, model: object) -> Lane:
    return Lane(AccountId(str(account)), str(model))
