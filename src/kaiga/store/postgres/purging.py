"""Forgets tasks and idempotency keys, a few at a time, as kinds of write."""

from collections.abc import Sequence

from kaiga.domain.ids import Lane, ObjectKey, TaskId
from kaiga.domain.tasks import TaskStatus
from kaiga.ports.task_store import PurgedTasks
from kaiga.store.postgres.group_commit import Write
from kaiga.store.postgres.lanes import free
from kaiga.store.rows import to_milliseconds
from kaiga.store.wanted import ForgetWanted, PurgeWanted

_OF_ACCOUNT = """
    SELECT id, status, catalogue_model FROM tasks WHERE account = $1
    ORDER BY id LIMIT $2 FOR UPDATE
"""
_EXPIRED = """
    SELECT id FROM tasks WHERE expires_ms <= $1 ORDER BY expires_ms LIMIT $2
    FOR UPDATE SKIP LOCKED
"""
_OBJECTS_OF = """
    SELECT object_key FROM results WHERE object_key IS NOT NULL AND task_id = ANY ($1::uuid[])
    UNION ALL SELECT tasks.account || '/' || task_id || '/thumbnail/' || position
        FROM results JOIN tasks ON tasks.id = task_id
        WHERE object_key IS NOT NULL AND part = '' AND task_id = ANY ($1::uuid[])
    UNION ALL SELECT object_key FROM inputs WHERE task_id = ANY ($1::uuid[])
    UNION ALL SELECT request_object FROM tasks
        WHERE request_object IS NOT NULL AND id = ANY ($1::uuid[])
"""
_FORGET_SUBMISSIONS = """
    WITH forgotten AS (
        SELECT account, workspace, key FROM submissions WHERE expires_ms <= $1
        LIMIT $2 FOR UPDATE SKIP LOCKED
    )
    DELETE FROM submissions USING forgotten
    WHERE submissions.account = forgotten.account AND submissions.key = forgotten.key
        AND submissions.workspace = forgotten.workspace
    RETURNING 1
"""
_FORGET = tuple(
    f"DELETE FROM {table} WHERE {column} = ANY ($1::uuid[])"  # noqa: S608  constants
    for table, column in (
        ("results", "task_id"),
        ("inputs", "task_id"),
        ("attempts", "task_id"),
        ("upstream_calls", "task_id"),
        ("tasks", "id"),
    )
)


async def purge(write: Write, wanted: Sequence[PurgeWanted]) -> Sequence[PurgedTasks]:
    """Forget expired tasks; what another node forgets at the moment is left to it."""
    return [await _purge_one(write, each) for each in wanted]


async def forget_tasks(write: Write, wanted: Sequence[ForgetWanted]) -> Sequence[PurgedTasks]:
    """Forget up to so many tasks of each account, whatever they are at."""
    return [await _forget_some(write, each) for each in wanted]


async def _purge_one(write: Write, wanted: PurgeWanted) -> PurgedTasks:
    limits = (to_milliseconds(wanted.now), wanted.limit)
    expired = [TaskId(str(row[0])) for row in await write.connection.fetch(_EXPIRED, *limits)]
    objects = await _forget(write, expired)
    forgotten = await write.connection.fetch(_FORGET_SUBMISSIONS, *limits)
    return PurgedTasks(task_ids=expired, objects=objects, submissions=len(forgotten))


async def _forget_some(write: Write, wanted: ForgetWanted) -> PurgedTasks:
    found = await write.connection.fetch(_OF_ACCOUNT, wanted.account, wanted.limit)
    ids = [TaskId(str(row[0])) for row in found]
    objects = await _forget(write, ids)
    freed = {
        Lane(wanted.account, str(model))
        for _, status, model in found
        if status == TaskStatus.RUNNING
    }
    write.hint.waiting |= await free(write.connection, freed)
    return PurgedTasks(task_ids=ids, objects=objects)


async def _forget(write: Write, task_ids: Sequence[TaskId]) -> Sequence[ObjectKey]:
    """Delete the rows of tasks; gives the objects that they named."""
    if not task_ids:
        return []
    found = await write.connection.fetch(_OBJECTS_OF, task_ids)
    for statement in _FORGET:
        await write.connection.execute(statement, task_ids)
    write.hint.changed += task_ids
    return [ObjectKey(str(row[0])) for row in found]
