"""Forgets tasks and idempotency keys, a few at a time, as kinds of write.

The rows of most tasks go with their day (see partitions.py); here go those that are in none, those
that somebody wants gone, and those whose day is held up by others.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from kaiga.domain.ids import Lane, ObjectKey, TaskId
from kaiga.domain.tasks import TaskStatus
from kaiga.ports.task_store import PurgedTasks
from kaiga.store.postgres.clearing import clear
from kaiga.store.postgres.connecting import Connection
from kaiga.store.postgres.group_commit import Write
from kaiga.store.postgres.lanes import free
from kaiga.store.rows import to_milliseconds
from kaiga.store.wanted import ForgetWanted, PurgeWanted

_OF_ACCOUNT = """
    SELECT id, status, catalogue_model FROM tasks WHERE account = $1
    ORDER BY id LIMIT $2 FOR UPDATE
"""
_UNWANTED = """
    DELETE FROM unwanted_tasks USING (
        SELECT task_id FROM unwanted_tasks LIMIT $1 FOR UPDATE SKIP LOCKED
    ) AS taken
    WHERE unwanted_tasks.task_id = taken.task_id
    RETURNING taken.task_id
"""
_EXPIRED = """
    SELECT id FROM {table} WHERE expires_ms <= $1 ORDER BY expires_ms, id LIMIT $2
    FOR UPDATE SKIP LOCKED
"""
EXPIRED_IN_NO_DAY = _EXPIRED.format(table="tasks_default")
EXPIRED_LONG_AGO = _EXPIRED.format(table="tasks")
_LONGEST_LEFT = timedelta(days=2)
"""For what is expired and still there its day is held up: by a task that runs, waits or is kept."""
_CLEARED_FOR_ONE = 5
"""Tasks that are cleared for each that may be forgotten: of those, nothing is written."""
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
    """Forget expired tasks; what another node forgets at the moment is left to it.

    A task also counts as forgotten where its objects are given, and its rows go with its day.
    """
    return [await _purge_one(write, each) for each in wanted]


async def forget_tasks(write: Write, wanted: Sequence[ForgetWanted]) -> Sequence[PurgedTasks]:
    """Forget up to so many tasks of each account, whatever they are at."""
    return [await _forget_some(write, each) for each in wanted]


async def _purge_one(write: Write, wanted: PurgeWanted) -> PurgedTasks:
    expired = await _find_forgettable(write.connection, wanted.now, wanted.limit)
    objects = await _forget(write, expired)
    cleared = await clear(write.connection, wanted.now, wanted.limit * _CLEARED_FOR_ONE)
    limits = (to_milliseconds(wanted.now), wanted.limit)
    forgotten = await write.connection.fetch(_FORGET_SUBMISSIONS, *limits)
    return PurgedTasks(
        task_ids=[*expired, *cleared],
        objects=[*objects, *await _find_objects(write.connection, cleared)],
        submissions=len(forgotten),
    )


async def _find_forgettable(connection: Connection, now: datetime, limit: int) -> Sequence[TaskId]:
    """Give up to `limit` tasks whose rows go one by one."""
    rows = list(await connection.fetch(_UNWANTED, limit))
    for statement, latest in (
        (EXPIRED_IN_NO_DAY, now),
        (EXPIRED_LONG_AGO, now - _LONGEST_LEFT),
    ):
        left = limit - len(rows)
        rows += await connection.fetch(statement, to_milliseconds(latest), left)
    return list(dict.fromkeys(TaskId(str(row[0])) for row in rows))


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
    objects = await _find_objects(write.connection, task_ids)
    for statement in _FORGET:
        await write.connection.execute(statement, task_ids)
    write.hint.changed += task_ids
    return objects


async def _find_objects(connection: Connection, task_ids: Sequence[TaskId]) -> Sequence[ObjectKey]:
    if not task_ids:
        return []
    found = await connection.fetch(_OBJECTS_OF, task_ids)
    return [ObjectKey(str(row[0])) for row in found]
