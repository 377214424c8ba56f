"""Claims of tasks, and the leases on them, as kinds of write."""

from collections.abc import Sequence

import apsw
import msgspec

from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import (
    Claim,
    Lease,
)
from kaiga.ports.task_store import AccountTime
from kaiga.store.sqlite.task_rows import (
    READ_COLUMNS,
    encode_array,
    encode_keys,
    read_running_tasks,
    to_milliseconds,
)
from kaiga.store.sqlite.waiting import WaitingTasks

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


class ClaimWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `claim`."""

    models: frozenset[str]
    lease: Lease
    free_slots: int
    engine: str
    now: AccountTime


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
        chosen = self._waiting.take(connection, wanted.models, wanted.free_slots)
        if not chosen:
            return []
        now = {account: wanted.now(account) for account in {task.account for task in chosen}}
        pairs = [(task.id, to_milliseconds(now[task.account])) for task in chosen]
        tasks = read_running_tasks(
            connection, _CLAIM, (lease.worker, lease.deadline, wanted.engine, encode_array(pairs))
        )
        connection.execute(_BEGIN_ATTEMPTS, (encode_keys(task.id for task in chosen),))
        return [Claim(task=tasks[task.id], worker=lease.worker) for task in chosen]


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
