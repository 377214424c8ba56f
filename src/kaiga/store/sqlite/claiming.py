"""Claims of tasks, and the leases on them, as kinds of write."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import apsw
import msgspec

from kaiga.domain.ids import AccountId, Lane, TaskId
from kaiga.domain.tasks import (
    Claim,
    Lease,
)
from kaiga.ports.task_store import AccountTime
from kaiga.store.sqlite.task_rows import (
    encode_keys,
    read_tasks,
    to_milliseconds,
)
from kaiga.store.sqlite.waiting import WaitingTasks

_BY_IDS = "WHERE id IN (SELECT value FROM json_each(?))"
_CLAIM = """
    UPDATE tasks SET status = 'RUNNING', attempt = attempt + 1, worker = ?, lease_deadline = ?,
        engine = ?, scheduled_ms = ?
    WHERE id = ? AND status = 'PENDING'
"""
_BEGIN_ATTEMPTS = """
    INSERT INTO attempts (task_id, attempt, worker, engine, claimed_ms)
    SELECT id, attempt, worker, engine, scheduled_ms FROM tasks
    WHERE id IN (SELECT value FROM json_each(?))
"""
_CLAIM_CHOSEN = """
    UPDATE tasks SET status = 'RUNNING', attempt = attempt + 1, worker = ?, lease_deadline = ?,
        engine = ?, scheduled_ms = ?
    WHERE id = ? AND status = 'PENDING'
    RETURNING account, catalogue_model
"""
_RENEW = """
    UPDATE tasks SET lease_deadline = ?
    WHERE id = ? AND attempt = ? AND worker = ? AND status = 'RUNNING'
"""


class ClaimWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `claim`."""

    models: frozenset[str]
    lease: Lease
    free_slots: int
    engine: str
    now: AccountTime


class ChosenWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `claim_these`."""

    scheduled_at: Mapping[TaskId, datetime]
    lease: Lease
    engine: str


class RenewWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `renew`."""

    claims: tuple[Claim, ...]
    lease: Lease


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
        lease = wanted.lease
        chosen: list[TaskId] = []
        while len(chosen) < wanted.free_slots:
            task = self._waiting.take(connection, wanted.models)
            if task is None:
                break
            now = to_milliseconds(wanted.now(task.account))
            connection.execute(_CLAIM, (lease.worker, lease.deadline, wanted.engine, now, task.id))
            chosen.append(task.id)
        if not chosen:
            return []
        ids = (encode_keys(chosen),)
        connection.execute(_BEGIN_ATTEMPTS, ids)
        tasks = read_tasks(connection, _BY_IDS, ids)
        return [Claim(task=tasks[task_id], worker=lease.worker) for task_id in chosen]

    def claim_these(
        self, connection: apsw.Connection, wanted: Sequence[ChosenWanted]
    ) -> Sequence[Sequence[Claim]]:
        """Give chosen tasks to workers, those that wait still."""
        return [self._claim_chosen(connection, each) for each in wanted]

    def _claim_chosen(self, connection: apsw.Connection, wanted: ChosenWanted) -> Sequence[Claim]:
        lease = wanted.lease
        held = (lease.worker, lease.deadline, wanted.engine)
        claimed: list[TaskId] = []
        for task_id, at in wanted.scheduled_at.items():
            row = connection.execute(
                _CLAIM_CHOSEN, (*held, to_milliseconds(at), task_id)
            ).fetchone()
            if row is not None:
                self._waiting.remove(Lane(AccountId(str(row[0])), str(row[1])))
                claimed.append(task_id)
        ids = (encode_keys(claimed),)
        connection.execute(_BEGIN_ATTEMPTS, ids)
        tasks = read_tasks(connection, _BY_IDS, ids)
        return [Claim(task=tasks[task_id], worker=lease.worker) for task_id in claimed]


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
