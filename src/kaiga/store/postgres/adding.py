"""Records tasks, each once, as a kind of write that the group commit runs."""

from collections.abc import Sequence

from kaiga.domain.errors import KaigaError, QueueFull, SubmittedBefore
from kaiga.domain.fair_queue import QueuePolicy
from kaiga.domain.ids import Lane
from kaiga.domain.tasks import IdempotencyMark, NewTask, Task, TaskStatus
from kaiga.store.postgres.announcing import announce
from kaiga.store.postgres.connecting import Connection
from kaiga.store.postgres.group_commit import Write
from kaiga.store.postgres.lanes import arrive, count_waiting
from kaiga.store.postgres.task_rows import insert_inputs, insert_tasks
from kaiga.store.rows import submitted_before_from_row, to_milliseconds
from kaiga.store.wanted import AddWanted

_FORGET_SUBMISSION = """
    DELETE FROM submissions
    WHERE account = $1 AND workspace = $2 AND key = $3 AND expires_ms <= $4
"""
_INSERT_SUBMISSION = """
    INSERT INTO submissions (account, workspace, key, body_digest, task_id, expires_ms)
    VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING task_id
"""
FIND_SUBMISSION = """
    SELECT task_id, body_digest FROM submissions
    WHERE account = $1 AND workspace = $2 AND key = $3
"""


class AddTasks:
    """Inserts tasks; those that are final already announce their end."""

    def __init__(self, policy: QueuePolicy) -> None:
        self._policy = policy

    async def __call__(
        self, write: Write, wanted: Sequence[AddWanted]
    ) -> Sequence[KaigaError | None]:
        """Insert what may be inserted; gives for each why it was not."""
        connection = write.connection
        tasks = [each.new.task for each in wanted]
        lanes = {task.lane for task in tasks if task.status is TaskStatus.PENDING}
        rooms = await self._find_rooms(connection, lanes)
        refusals = [await _admit(connection, each.new, rooms) for each in wanted]
        admitted = [each for each, refusal in zip(wanted, refusals, strict=True) if refusal is None]
        await insert_tasks(connection, [each.row for each in admitted])
        await insert_inputs(connection, [each.new for each in admitted])
        final = [each.new.task.id for each in admitted if each.new.task.status.is_final]
        await announce(write, final)
        write.hint.waiting |= len(final) < len(admitted)
        return refusals

    async def _find_rooms(self, connection: Connection, lanes: set[Lane]) -> dict[Lane, int]:
        """Have lanes known as such in which tasks wait; gives how many more some may take."""
        limits = {lane: self._policy.find_queue_limit(lane) for lane in lanes}
        limited = {lane: limit for lane, limit in limits.items() if limit is not None}
        await arrive(connection, lanes - limited.keys(), limited.keys())
        return {
            lane: limit - await count_waiting(connection, lane) for lane, limit in limited.items()
        }


async def _admit(connection: Connection, new: NewTask, rooms: dict[Lane, int]) -> KaigaError | None:
    """Give a task its place in a lane with few of them, and its mark; or why it has none."""
    task, mark = new.task, new.idempotency
    before = None if mark is None else await _find_submission(connection, task, mark)
    if before is not None:
        return before
    is_limited = task.status is TaskStatus.PENDING and task.lane in rooms
    if is_limited and rooms[task.lane] <= 0:
        return QueueFull()
    if mark is not None and not await _record_submission(connection, task, mark):
        return await _find_submission(connection, task, mark)
    if is_limited:
        rooms[task.lane] -= 1
    return None


async def _find_submission(
    connection: Connection, task: Task, mark: IdempotencyMark
) -> SubmittedBefore | None:
    """Give which task was submitted under the same key and is not forgotten yet."""
    submitted = (task.account, task.workspace, mark.key)
    await connection.execute(_FORGET_SUBMISSION, *submitted, to_milliseconds(task.submitted_at))
    found = await connection.fetchrow(FIND_SUBMISSION, *submitted)
    return None if found is None else submitted_before_from_row(found, mark)


async def _record_submission(connection: Connection, task: Task, mark: IdempotencyMark) -> bool:
    """Take the key for a task; False where another node was quicker, which is waited for."""
    values = (mark.body_digest, task.id, to_milliseconds(mark.expires_at))
    taken = await connection.fetchval(
        _INSERT_SUBMISSION, task.account, task.workspace, mark.key, *values
    )
    return taken is not None
