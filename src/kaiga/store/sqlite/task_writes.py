"""Every write to tasks, each as a kind that the group commit runs for many callers at once."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import apsw
import msgspec

from kaiga.domain.errors import KaigaError, LeaseLost
from kaiga.domain.ids import AccountId, Lane, ObjectKey, TaskId
from kaiga.domain.lifetimes import expiry_of_task, failure_after, has_tries_left
from kaiga.domain.tasks import (
    AttemptCause,
    Claim,
    Failure,
    Finding,
    Lease,
    NewTask,
    Outcome,
    Result,
    StoredResult,
    TaskStatus,
)
from kaiga.ports.task_store import AccountTime, PurgedTasks
from kaiga.store.sqlite.connecting import Value
from kaiga.store.sqlite.task_rows import (
    LARGEST_INSERT,
    encode_keys,
    encode_object,
    insert_tasks,
    read_tasks,
    to_milliseconds,
)


class CancelWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `cancel`."""

    account: AccountId
    region: str
    task_id: TaskId
    now: datetime
    expires_at: datetime


class ClaimWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `claim`."""

    lanes: frozenset[Lane]
    lease: Lease
    free_slots: int
    engine: str
    now: AccountTime


class FinishWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `finish`."""

    claim: Claim
    outcome: Outcome
    now: datetime
    expires_at: datetime


class GiveBackWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `give_back`."""

    claim: Claim
    cause: AttemptCause
    now: datetime
    expires_at: datetime


class RecoverWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `recover`."""

    lease_now: float
    now: AccountTime
    retention: timedelta


class RenewWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `renew`."""

    claims: tuple[Claim, ...]
    lease: Lease


class PurgeWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `purge`."""

    now: datetime
    limit: int


_INSERT_OUTBOX = """
    INSERT INTO outbox (task_id, account, status, created_ms)
    SELECT id, account, status, ended_ms FROM tasks WHERE id = ?
"""
_CANCEL = """
    UPDATE tasks SET status = 'CANCELED', ended_ms = ?, expires_ms = ?
    WHERE id = ? AND account = ? AND region IN ('', ?) AND status = 'PENDING'
"""
_WAITING_LANES = """
    WITH RECURSIVE waiting (lane) AS (
        SELECT min(lane) FROM tasks WHERE status = 'PENDING'
        UNION ALL
        SELECT (SELECT min(tasks.lane) FROM tasks
                WHERE tasks.status = 'PENDING' AND tasks.lane > waiting.lane)
        FROM waiting WHERE waiting.lane IS NOT NULL
    )
    SELECT lane FROM waiting WHERE lane IS NOT NULL
"""
_OLDEST_WAITING = """
    SELECT id, account FROM tasks WHERE lane = ? AND status = 'PENDING' ORDER BY id LIMIT ?
"""
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
_RENEW = """
    UPDATE tasks SET lease_deadline = ?
    WHERE id = ? AND attempt = ? AND worker = ? AND status = 'RUNNING'
"""
_FINISH = """
    UPDATE tasks SET status = ?, actual_prompt = ?, ended_ms = ?, expires_ms = ?,
        failure_code = ?, failure_message = ?, usage = ?, worker = NULL, lease_deadline = NULL
    WHERE id = ? AND attempt = ? AND status = 'RUNNING'
"""
_END_ATTEMPT = "UPDATE attempts SET ended_ms = ?, cause = ? WHERE task_id = ? AND attempt = ?"
_INSERT_RESULT = """
    INSERT INTO results (task_id, position, object_key, media_type, size_bytes,
        failure_code, failure_message, part, findings) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_INSERT_USAGE = """
    INSERT INTO usage_ledger (task_id, account, workspace, key_id, model, usage, ended_ms)
    SELECT id, account, workspace, key_id, model, usage, ended_ms FROM tasks WHERE id = ?
"""
_IS_RUNNING = "SELECT 1 FROM tasks WHERE id = ? AND attempt = ? AND status = 'RUNNING'"
_COUNT_CAUSE = "SELECT count(*) FROM attempts WHERE task_id = ? AND cause = ?"
_WAIT_AGAIN = """
    UPDATE tasks SET status = 'PENDING', worker = NULL, lease_deadline = NULL, scheduled_ms = NULL
    WHERE id = ?
"""
_LAPSED = """
    SELECT id, attempt, account FROM tasks WHERE status = 'RUNNING' AND lease_deadline <= ?
"""
_EXPIRED = "SELECT id FROM tasks WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ?"
_OBJECTS_OF = """
    WITH purged AS MATERIALIZED (SELECT value AS id FROM json_each(?))
    SELECT object_key FROM results WHERE object_key IS NOT NULL AND task_id IN purged
    UNION ALL SELECT object_key FROM inputs WHERE task_id IN purged
    UNION ALL SELECT request_object FROM tasks WHERE request_object IS NOT NULL AND id IN purged
"""
_FORGET = tuple(
    f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))"  # noqa: S608  constants
    for table, column in (
        ("results", "task_id"),
        ("inputs", "task_id"),
        ("attempts", "task_id"),
        ("outbox", "task_id"),
        ("tasks", "id"),
    )
)


class _AddTasks:
    """Inserts tasks; those that are final already announce their end."""

    def __call__(self, connection: apsw.Connection, new: Sequence[NewTask]) -> Sequence[None]:
        insert_tasks(connection, new)
        ended = [(each.task.id,) for each in new if each.task.status.is_final]
        if ended:
            connection.executemany(_INSERT_OUTBOX, ended)
        return [None] * len(new)

    def needs_one_statement(self, new: Sequence[NewTask]) -> bool:
        """Tell whether one statement does it: few enough tasks, with no end to announce."""
        return len(new) <= LARGEST_INSERT and not any(
            each.task.status.is_final or each.inputs for each in new
        )


add = _AddTasks()


def cancel(connection: apsw.Connection, wanted: Sequence[CancelWanted]) -> Sequence[bool]:
    """End waiting tasks at their owners' wish."""
    return [_cancel_one(connection, each) for each in wanted]


def _cancel_one(connection: apsw.Connection, wanted: CancelWanted) -> bool:
    ended, expires = to_milliseconds(wanted.now), to_milliseconds(wanted.expires_at)
    connection.execute(_CANCEL, (ended, expires, wanted.task_id, wanted.account, wanted.region))
    if connection.changes() == 0:
        return False
    connection.execute(_INSERT_OUTBOX, (wanted.task_id,))
    return True


def claim(connection: apsw.Connection, wanted: Sequence[ClaimWanted]) -> Sequence[Sequence[Claim]]:
    """Give waiting tasks to workers, one worker after the other."""
    return [_claim_one(connection, each) for each in wanted]


def _claim_one(connection: apsw.Connection, wanted: ClaimWanted) -> Sequence[Claim]:
    waiting = [
        (str(task_id), AccountId(str(account)))
        for (lane,) in connection.execute(_WAITING_LANES).fetchall()
        if lane in wanted.lanes
        for task_id, account in connection.execute(_OLDEST_WAITING, (lane, wanted.free_slots))
    ]
    oldest = sorted(waiting)[: wanted.free_slots]
    lease = wanted.lease
    for task_id, account in oldest:
        now = to_milliseconds(wanted.now(account))
        connection.execute(_CLAIM, (lease.worker, lease.deadline, wanted.engine, now, task_id))
    chosen = encode_keys(task_id for task_id, _ in oldest)
    connection.execute(_BEGIN_ATTEMPTS, (chosen,))
    tasks = read_tasks(
        connection, "WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id", (chosen,)
    )
    return [Claim(task=task, worker=lease.worker) for task in tasks.values()]


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


def finish(
    connection: apsw.Connection, wanted: Sequence[FinishWanted]
) -> Sequence[KaigaError | None]:
    """Publish outcomes, each once; a claim that is no longer held changes nothing."""
    return [_finish_one(connection, each) for each in wanted]


def _finish_one(connection: apsw.Connection, wanted: FinishWanted) -> KaigaError | None:
    task, outcome = wanted.claim.task, wanted.outcome
    failure = outcome.failure
    ended = to_milliseconds(wanted.now)
    connection.execute(
        _FINISH,
        (
            outcome.status.value,
            outcome.actual_prompt,
            ended,
            to_milliseconds(wanted.expires_at),
            failure.code if failure else None,
            failure.message if failure else None,
            encode_object(outcome.usage),
            task.id,
            task.attempt,
        ),
    )
    if connection.changes() == 0:
        return LeaseLost()
    connection.execute(_END_ATTEMPT, (ended, None, task.id, task.attempt))
    for position, result in enumerate(outcome.results):
        connection.execute(_INSERT_RESULT, (task.id, position, *_result_values(result)))
    if outcome.usage is not None:
        connection.execute(_INSERT_USAGE, (task.id,))
    connection.execute(_INSERT_OUTBOX, (task.id,))
    return None


def _result_values(result: Result) -> tuple[Value, ...]:
    match result:
        case StoredResult():
            stored = (result.object_key, result.media_type, result.size_bytes, None, None)
            return (*stored, result.part, encode_object(result.findings or None))
        case Finding():
            return (None, None, None, None, None, "", encode_object(result.findings))
        case Failure():
            return (None, None, None, result.code, result.message, "", None)


def give_back(
    connection: apsw.Connection, wanted: Sequence[GiveBackWanted]
) -> Sequence[KaigaError | None]:
    """End attempts without a result."""
    return [_give_back_one(connection, each) for each in wanted]


def _give_back_one(connection: apsw.Connection, wanted: GiveBackWanted) -> KaigaError | None:
    task = wanted.claim.task
    if connection.execute(_IS_RUNNING, (task.id, task.attempt)).fetchone() is None:
        return LeaseLost()
    _end_attempt(connection, task.id, task.attempt, wanted.cause, wanted.now, wanted.expires_at)
    return None


def recover(
    connection: apsw.Connection, wanted: Sequence[RecoverWanted]
) -> Sequence[Sequence[TaskId]]:
    """Give back what lapsed leases held."""
    return [_recover_one(connection, each) for each in wanted]


def _recover_one(connection: apsw.Connection, wanted: RecoverWanted) -> Sequence[TaskId]:
    lapsed = connection.execute(_LAPSED, (wanted.lease_now,)).fetchall()
    for task_id, attempt, account in lapsed:
        now = wanted.now(AccountId(str(account)))
        _end_attempt(
            connection,
            TaskId(str(task_id)),
            int(str(attempt)),
            AttemptCause.WORKER_LOST,
            now,
            expiry_of_task(now, wanted.retention),
        )
    return [TaskId(str(task_id)) for task_id, *_ in lapsed]


def _end_attempt(
    connection: apsw.Connection,
    task_id: TaskId,
    attempt: int,
    cause: AttemptCause,
    now: datetime,
    expires_at: datetime,
) -> None:
    """Close an attempt; its task waits again, or has FAILED if that was its last try."""
    ended = to_milliseconds(now)
    connection.execute(_END_ATTEMPT, (ended, cause.value, task_id, attempt))
    times = connection.execute(_COUNT_CAUSE, (task_id, cause.value)).fetchone()
    if has_tries_left(cause, int(str(times[0])) if times else 0):
        connection.execute(_WAIT_AGAIN, (task_id,))
        return
    failure = failure_after(cause)
    connection.execute(
        _FINISH,
        (
            TaskStatus.FAILED.value,
            None,
            ended,
            to_milliseconds(expires_at),
            failure.code,
            failure.message,
            None,
            task_id,
            attempt,
        ),
    )
    connection.execute(_INSERT_OUTBOX, (task_id,))


def purge(connection: apsw.Connection, wanted: Sequence[PurgeWanted]) -> Sequence[PurgedTasks]:
    """Forget expired tasks."""
    return [_purge_one(connection, each) for each in wanted]


def _purge_one(connection: apsw.Connection, wanted: PurgeWanted) -> PurgedTasks:
    limits = (to_milliseconds(wanted.now), wanted.limit)
    expired = [TaskId(str(row[0])) for row in connection.execute(_EXPIRED, limits)]
    ids = encode_keys(expired)
    objects = [ObjectKey(str(row[0])) for row in connection.execute(_OBJECTS_OF, (ids,))]
    for statement in _FORGET:
        connection.execute(statement, (ids,))
    return PurgedTasks(task_ids=expired, objects=objects)
