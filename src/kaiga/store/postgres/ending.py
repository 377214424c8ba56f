"""Ends of attempts and of tasks that no worker publishes, each once, as kinds of write."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from kaiga.domain.errors import KaigaError, LeaseLost
from kaiga.domain.ids import AccountId, Lane, TaskId
from kaiga.domain.lifetimes import (
    WAITED_TOO_LONG_IN_QUEUE,
    expiry_of_task,
    failure_after,
    has_tries_left,
)
from kaiga.domain.tasks import CANCELED, AttemptCause, Outcome, TaskStatus
from kaiga.store.postgres.announcing import announce
from kaiga.store.postgres.finishing import end_tasks, find_held
from kaiga.store.postgres.group_commit import Write
from kaiga.store.postgres.lanes import arrive, free, free_all, list_lanes
from kaiga.store.postgres.task_rows import make_arrays, turn_into_columns
from kaiga.store.rows import make_end_row, to_milliseconds
from kaiga.store.wanted import CancelWanted, GiveBackWanted, OverdueTask, RecoverWanted

_T = TypeVar("_T")

_CANCEL_TYPES = ("uuid", "text", "text", "int8", "int8")
_LOCK_WAITING = f"""
    SELECT tasks.id FROM tasks
    JOIN unnest({make_arrays(_CANCEL_TYPES)})
        AS wanted (task_id, account, region, ended_ms, expires_ms) ON tasks.id = wanted.task_id
    WHERE tasks.account = wanted.account AND tasks.region IN ('', wanted.region)
        AND tasks.status = 'PENDING'
    ORDER BY tasks.id FOR UPDATE OF tasks
"""  # noqa: S608  constants
_CANCEL = f"""
    WITH locked AS MATERIALIZED ({_LOCK_WAITING})
    UPDATE tasks SET status = 'CANCELED', ended_ms = wanted.ended_ms,
        expires_ms = wanted.expires_ms
    FROM locked JOIN unnest({make_arrays(_CANCEL_TYPES)})
        AS wanted (task_id, account, region, ended_ms, expires_ms) ON locked.id = wanted.task_id
    WHERE tasks.id = locked.id
    RETURNING tasks.id
"""  # noqa: S608  constants
_ASK_TO_STOP = f"""
    UPDATE tasks SET cancel_requested_ms = coalesce(cancel_requested_ms, wanted.now_ms)
    FROM unnest({make_arrays(("uuid", "text", "text", "int8"))})
        AS wanted (task_id, account, region, now_ms)
    WHERE tasks.id = wanted.task_id AND tasks.account = wanted.account
        AND tasks.region IN ('', wanted.region) AND tasks.status = 'RUNNING'
    RETURNING tasks.id
"""  # noqa: S608  constants
_FAIL_WAITING = f"""
    UPDATE tasks SET status = 'FAILED', ended_ms = overdue.ended_ms,
        expires_ms = overdue.expires_ms, failure_code = $5, failure_message = $6
    FROM unnest({make_arrays(("uuid", "int4", "int8", "int8"))})
        AS overdue (task_id, attempt, ended_ms, expires_ms)
    WHERE tasks.id = overdue.task_id AND tasks.attempt = overdue.attempt
        AND tasks.status = 'PENDING'
    RETURNING tasks.id
"""  # noqa: S608  constants
_END_ATTEMPTS = f"""
    UPDATE attempts SET ended_ms = ended.ended_ms, cause = ended.cause
    FROM unnest({make_arrays(("uuid", "int4", "int8", "text"))})
        AS ended (task_id, attempt, ended_ms, cause)
    WHERE attempts.task_id = ended.task_id AND attempts.attempt = ended.attempt
"""  # noqa: S608  constants
_COUNT_CAUSES = """
    SELECT tasks.id, tasks.cancel_requested_ms IS NOT NULL, (
        SELECT count(*) FROM attempts
        WHERE attempts.task_id = ended.task_id AND attempts.cause = ended.cause
    )
    FROM unnest($1::uuid[], $2::text[]) AS ended (task_id, cause)
    JOIN tasks ON tasks.id = ended.task_id
"""
_WAIT_AGAIN = """
    UPDATE tasks SET status = 'PENDING', worker = NULL, lease_deadline = NULL, scheduled_ms = NULL
    WHERE id = ANY ($1::uuid[])
"""
_LAPSED = """
    SELECT id, attempt, account, catalogue_model FROM tasks
    WHERE status = 'RUNNING' AND lease_deadline <= $1
    ORDER BY id FOR UPDATE SKIP LOCKED
"""
"""What another node gives back or ends at the moment is left to it."""


class _AttemptEnd(msgspec.Struct, frozen=True, kw_only=True):
    """Which attempt ends without its task, why, and when the task would expire if it did end."""

    task_id: TaskId
    number: int
    lane: Lane
    cause: AttemptCause
    now: datetime
    expires_at: datetime


class EndTasks:
    """Ends tasks and attempts; tells what waits, what runs and whom to tell of it."""

    def __init__(self, retries: int) -> None:
        self._retries = retries

    async def cancel(self, write: Write, wanted: Sequence[CancelWanted]) -> Sequence[bool]:
        """End waiting tasks at their owners' wish."""
        canceled = await _cancel_waiting(write, wanted)
        return [_take_from(canceled, each.task_id) for each in wanted]

    async def request_cancel(
        self, write: Write, wanted: Sequence[CancelWanted]
    ) -> Sequence[TaskStatus | None]:
        """Cancel what waits and ask what runs to stop; gives which of the two, None for neither."""
        canceled = await _cancel_waiting(write, wanted)
        rows = [
            (each.task_id, each.account, each.region, to_milliseconds(each.now))
            for each in wanted
            if each.task_id not in canceled
        ]
        asked: set[TaskId] = set()
        if rows:
            found = await write.connection.fetch(_ASK_TO_STOP, *turn_into_columns(rows))
            asked = {TaskId(str(row[0])) for row in found}
            write.hint.changed += asked
        return [
            TaskStatus.CANCELED
            if _take_from(canceled, each.task_id)
            else TaskStatus.RUNNING
            if each.task_id in asked
            else None
            for each in wanted
        ]

    async def fail_overdue(
        self, write: Write, wanted: Sequence[Sequence[OverdueTask]]
    ) -> Sequence[Sequence[TaskId]]:
        """Fail tasks that have waited for too long, those that wait still; gives which."""
        return [await _fail_waiting(write, each) for each in wanted]

    async def give_back(
        self, write: Write, wanted: Sequence[GiveBackWanted]
    ) -> Sequence[KaigaError | None]:
        """End attempts without a result."""
        held = await find_held(write.connection, [each.claim for each in wanted])
        answers: list[KaigaError | None] = []
        ends: list[_AttemptEnd] = []
        for each in wanted:
            task = each.claim.task
            if not _take_from(held, (task.id, task.attempt)):
                answers.append(LeaseLost())
                continue
            answers.append(None)
            ends.append(
                _AttemptEnd(
                    task_id=task.id,
                    number=task.attempt,
                    lane=task.lane,
                    cause=each.cause,
                    now=each.now,
                    expires_at=each.expires_at,
                )
            )
        await self._end_attempts(write, ends)
        return answers

    async def recover(
        self, write: Write, wanted: Sequence[RecoverWanted]
    ) -> Sequence[Sequence[TaskId]]:
        """Give back what lapsed leases held, and see that no lane is overlooked."""
        recovered = [await self._recover_one(write, each) for each in wanted]
        await arrive(write.connection, await list_lanes(write.connection))
        write.hint.waiting |= await free_all(write.connection)
        return recovered

    async def _recover_one(self, write: Write, wanted: RecoverWanted) -> Sequence[TaskId]:
        ends: list[_AttemptEnd] = []
        for task_id, attempt, account, model in await write.connection.fetch(
            _LAPSED, wanted.lease_now
        ):
            lane = Lane(AccountId(str(account)), str(model))
            now = wanted.now(lane.account)
            ends.append(
                _AttemptEnd(
                    task_id=TaskId(str(task_id)),
                    number=int(attempt),
                    lane=lane,
                    cause=AttemptCause.WORKER_LOST,
                    now=now,
                    expires_at=expiry_of_task(now, wanted.retention),
                )
            )
        await self._end_attempts(write, ends)
        return [each.task_id for each in ends]

    async def _end_attempts(self, write: Write, ends: Sequence[_AttemptEnd]) -> None:
        """Close attempts; their tasks wait again, or end if no try is left or if they are to."""
        if not ends:
            return
        connection = write.connection
        rows = [
            (each.task_id, each.number, to_milliseconds(each.now), each.cause.value)
            for each in ends
        ]
        await connection.execute(_END_ATTEMPTS, *turn_into_columns(rows))
        outcomes = await self._find_outcomes(write, ends)
        again = [each for each in ends if each.task_id not in outcomes]
        await connection.execute(_WAIT_AGAIN, [each.task_id for each in again])
        await arrive(connection, {each.lane for each in again})
        await end_tasks(
            write,
            [
                make_end_row(
                    each.task_id, each.number, outcomes[each.task_id], each.now, each.expires_at
                )
                for each in ends
                if each.task_id in outcomes
            ],
        )
        write.hint.changed += [each.task_id for each in again]
        write.hint.waiting |= bool(again)
        write.hint.waiting |= await free(connection, {each.lane for each in ends})

    async def _find_outcomes(
        self, write: Write, ends: Sequence[_AttemptEnd]
    ) -> dict[TaskId, Outcome]:
        """Give how those tasks end that do not wait again."""
        causes = {each.task_id: each.cause for each in ends}
        rows = await write.connection.fetch(
            _COUNT_CAUSES, list(causes), [cause.value for cause in causes.values()]
        )
        outcomes: dict[TaskId, Outcome] = {}
        for row_id, is_to_stop, times in rows:
            task_id = TaskId(str(row_id))
            cause = causes[task_id]
            if is_to_stop:
                outcomes[task_id] = CANCELED
            elif not has_tries_left(cause, int(times), self._retries):
                failure = failure_after(cause)
                outcomes[task_id] = Outcome(status=TaskStatus.FAILED, failure=failure)
        return outcomes


async def _cancel_waiting(write: Write, wanted: Sequence[CancelWanted]) -> set[TaskId]:
    rows = {
        each.task_id: (
            each.task_id,
            each.account,
            each.region,
            to_milliseconds(each.now),
            to_milliseconds(each.expires_at),
        )
        for each in wanted
    }
    found = await write.connection.fetch(_CANCEL, *turn_into_columns(list(rows.values())))
    canceled = {TaskId(str(row[0])) for row in found}
    await announce(write, list(canceled))
    write.hint.changed += canceled
    return canceled


async def _fail_waiting(write: Write, overdue: Sequence[OverdueTask]) -> Sequence[TaskId]:
    if not overdue:
        return []
    rows = [
        (each.id, each.attempt, to_milliseconds(each.now), to_milliseconds(each.expires_at))
        for each in overdue
    ]
    failure = WAITED_TOO_LONG_IN_QUEUE
    found = await write.connection.fetch(
        _FAIL_WAITING, *turn_into_columns(rows), failure.code, failure.message
    )
    failed = [TaskId(str(row[0])) for row in found]
    await announce(write, failed)
    write.hint.changed += failed
    return failed


def _take_from(found: set[_T], one: _T) -> bool:
    """Tell whether one of a set is there, this once only."""
    if one not in found:
        return False
    found.discard(one)
    return True
