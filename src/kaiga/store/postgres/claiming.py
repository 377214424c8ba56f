"""Claims of tasks, and the leases on them, as kinds of write."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kaiga.domain.fair_queue import QueuePolicy
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import Claim, Lease
from kaiga.store.postgres.choosing import begin_choosing, choose
from kaiga.store.postgres.group_commit import Write
from kaiga.store.postgres.lanes import free_all
from kaiga.store.postgres.task_rows import running_tasks_from_rows, turn_into_columns
from kaiga.store.rows import READ_COLUMNS, to_milliseconds
from kaiga.store.wanted import ChosenWanted, ClaimWanted, RenewWanted

_QUALIFIED = ", ".join(f"tasks.{name.strip()}" for name in READ_COLUMNS.split(","))
_CLAIM = f"""
    WITH begun AS (
        UPDATE tasks SET status = 'RUNNING', attempt = tasks.attempt + 1, worker = $3,
            lease_deadline = $4, engine = $5, scheduled_ms = chosen.at_ms
        FROM unnest($1::uuid[], $2::int8[]) AS chosen (task_id, at_ms)
        WHERE tasks.id = chosen.task_id AND tasks.status = 'PENDING'
        RETURNING {_QUALIFIED}
    ), tried AS (
        INSERT INTO attempts (task_id, attempt, worker, engine, claimed_ms)
        SELECT id, attempt, $3, $5, scheduled_ms FROM begun
    )
    SELECT * FROM begun
"""  # noqa: S608  constants
_RENEW = """
    UPDATE tasks SET lease_deadline = $4
    FROM (
        SELECT tasks.id FROM tasks
        JOIN unnest($1::uuid[], $2::int4[]) AS held (task_id, attempt) ON tasks.id = held.task_id
        WHERE tasks.attempt = held.attempt AND tasks.worker = $3 AND tasks.status = 'RUNNING'
        ORDER BY tasks.id FOR UPDATE OF tasks
    ) AS held
    WHERE tasks.id = held.id
    RETURNING tasks.id, tasks.attempt
"""


class ClaimTasks:
    """Gives waiting tasks to workers."""

    def __init__(self, policy: QueuePolicy) -> None:
        self._policy = policy
        self._policy_seen = policy.version

    async def claim(self, write: Write, wanted: Sequence[ClaimWanted]) -> Sequence[Sequence[Claim]]:
        """Give waiting tasks to workers, one worker after the other."""
        await begin_choosing(write.connection)
        if self._policy_seen != self._policy.version:  # another limit may leave room
            self._policy_seen = self._policy.version
            await free_all(write.connection)
        return [await self._claim_one(write, each) for each in wanted]

    async def _claim_one(self, write: Write, wanted: ClaimWanted) -> Sequence[Claim]:
        claims: list[Claim] = []
        has_more = True
        while has_more and len(claims) < wanted.free_slots:
            most = wanted.free_slots - len(claims)
            choice = await choose(write.connection, self._policy, wanted.models, most)
            has_more = choice.has_more
            now = {name: wanted.now(name) for name in {task.account for task in choice.tasks}}
            scheduled_at = {task.id: now[task.account] for task in choice.tasks}
            claims += await _begin(write, scheduled_at, wanted.lease, wanted.engine)
        return claims


async def claim_these(write: Write, wanted: Sequence[ChosenWanted]) -> Sequence[Sequence[Claim]]:
    """Give chosen tasks to workers, those that wait still."""
    return [await _begin(write, each.scheduled_at, each.lease, each.engine) for each in wanted]


async def _begin(
    write: Write, scheduled_at: Mapping[TaskId, datetime], lease: Lease, engine: str
) -> Sequence[Claim]:
    """Make those of some tasks RUNNING that wait, in their order."""
    if not scheduled_at:
        return []
    pairs = [(task_id, to_milliseconds(at)) for task_id, at in scheduled_at.items()]
    columns = turn_into_columns(pairs)
    rows = await write.connection.fetch(_CLAIM, *columns, lease.worker, lease.deadline, engine)
    tasks = running_tasks_from_rows(rows)
    write.hint.changed += tasks
    return [
        Claim(task=tasks[task_id], worker=lease.worker)
        for task_id in scheduled_at
        if task_id in tasks
    ]


async def renew(
    write: Write, wanted: Sequence[RenewWanted]
) -> Sequence[frozenset[tuple[TaskId, int]]]:
    """Move deadlines; what is not held any more is left out of the answer."""
    return [await _renew_all(write, each) for each in wanted]


async def _renew_all(write: Write, wanted: RenewWanted) -> frozenset[tuple[TaskId, int]]:
    held = [(claim.task.id, claim.task.attempt) for claim in wanted.claims]
    if not held:
        return frozenset()
    rows = await write.connection.fetch(
        _RENEW, *turn_into_columns(held), wanted.lease.worker, wanted.lease.deadline
    )
    return frozenset((TaskId(str(task_id)), int(attempt)) for task_id, attempt in rows)
