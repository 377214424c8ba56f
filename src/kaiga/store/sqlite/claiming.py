"""Claims of tasks, and the leases on them, as kinds of write."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import apsw

from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import (
    Claim,
    Lease,
)
from kaiga.store.rows import READ_COLUMNS, to_milliseconds
from kaiga.store.sqlite.task_rows import encode_array, encode_keys, read_running_tasks
from kaiga.store.sqlite.waiting import WaitingTasks
from kaiga.store.wanted import ChosenWanted, ClaimWanted, RenewWanted

_CLAIM = f"""
    UPDATE tasks SET status = 'RUNNING', attempt = attempt + 1, worker = ?, lease_deadline = ?,
        engine = ?, scheduled_ms = chosen.value ->> 1
    FROM json_each(?) AS chosen
    WHERE tasks.id = chosen.value ->> 0 AND +status = 'PENDING'
    RETURNING {READ_COLUMNS}
"""  # noqa: S608  a constant of this module
_BEGIN_ATTEMPTS = """
    INSERT INTO attempts (task_id, attempt, worker, engine, claimed_ms)
    SELECT id, attempt, worker, engine, scheduled_ms FROM tasks
    WHERE id IN (SELECT value FROM json_each(?))
"""
_RENEW = """
    UPDATE tasks SET lease_deadline = ?
    WHERE id = ? AND attempt = ? AND worker = ? AND status = 'RUNNING'
"""


class ClaimTasks:
    """Gives waiting tasks to workers."""

    def __init__(self, waiting: WaitingTasks) -> None:
        self._waiting = waiting

    def claim(
        self, connection: apsw.Connection, wanted: Sequence[ClaimWanted]
    ) -> Sequence[Sequence[Claim]]:
        """Give waiting tasks to workers, one worker after the other."""
        return [self._claim_one(connection, each) for each in wanted]

    def _claim_one(self, connection: apsw.Connection, wanted: ClaimWanted) -> Sequence[Claim]:
        chosen = self._waiting.take(connection, wanted.models, wanted.free_slots)
        if not chosen:
            return []
        now = {account: wanted.now(account) for account in {task.account for task in chosen}}
        scheduled_at = {task.id: now[task.account] for task in chosen}
        return self._begin(connection, scheduled_at, wanted.lease, wanted.engine)

    def claim_these(
        self, connection: apsw.Connection, wanted: Sequence[ChosenWanted]
    ) -> Sequence[Sequence[Claim]]:
        """Give chosen tasks to workers, those that wait still."""
        return [self._claim_chosen(connection, each) for each in wanted]

    def _claim_chosen(self, connection: apsw.Connection, wanted: ChosenWanted) -> Sequence[Claim]:
        claims = self._begin(connection, wanted.scheduled_at, wanted.lease, wanted.engine)
        for claim in claims:
            self._waiting.remove(claim.task.lane)
        return claims

    def _begin(
        self,
        connection: apsw.Connection,
        scheduled_at: Mapping[TaskId, datetime],
        lease: Lease,
        engine: str,
    ) -> Sequence[Claim]:
        """Make those of some tasks RUNNING that wait, in their order."""
        pairs = [(task_id, to_milliseconds(at)) for task_id, at in scheduled_at.items()]
        tasks = read_running_tasks(
            connection, _CLAIM, (lease.worker, lease.deadline, engine, encode_array(pairs))
        )
        connection.execute(_BEGIN_ATTEMPTS, (encode_keys(tasks),))
        return [
            Claim(task=tasks[task_id], worker=lease.worker)
            for task_id in scheduled_at
            if task_id in tasks
        ]


def renew(
    connection: apsw.Connection, wanted: Sequence[RenewWanted]
) -> Sequence[frozenset[tuple[TaskId, int]]]:
    """Move deadlines; what is not held any more is left out of the answer."""
    return [
        frozenset(
            (claim.task.id, claim.task.attempt)
            for claim in each.claims
            if _renew_one(connection, claim, each.lease)
        )
        for each in wanted
    ]


def _renew_one(connection: apsw.Connection, claim: Claim, lease: Lease) -> bool:
    held = (lease.deadline, claim.task.id, claim.task.attempt, lease.worker)
    connection.execute(_RENEW, held)
    return connection.changes() == 1
