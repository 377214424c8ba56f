"""Forgets tasks and idempotency keys, a few at a time, as kinds of write."""

from collections.abc import Sequence

import apsw

from kaiga.domain.ids import Lane, ObjectKey, TaskId
from kaiga.domain.tasks import TaskStatus
from kaiga.ports.task_store import PurgedTasks
from kaiga.store.rows import to_milliseconds
from kaiga.store.sqlite.task_rows import encode_keys
from kaiga.store.sqlite.waiting import WaitingTasks
from kaiga.store.wanted import ForgetWanted, PurgeWanted

_OF_ACCOUNT = "SELECT id, status, catalogue_model FROM tasks WHERE account = ? LIMIT ?"
_EXPIRED = "SELECT id FROM tasks WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ?"
_OBJECTS_OF = """
    WITH purged AS MATERIALIZED (SELECT value AS id FROM json_each(?))
    SELECT object_key FROM results WHERE object_key IS NOT NULL AND task_id IN purged
    UNION ALL SELECT tasks.account || '/' || task_id || '/thumbnail/' || position
        FROM results JOIN tasks ON tasks.id = task_id
        WHERE object_key IS NOT NULL AND part = '' AND task_id IN purged
    UNION ALL SELECT object_key FROM inputs WHERE task_id IN purged
    UNION ALL SELECT request_object FROM tasks WHERE request_object IS NOT NULL AND id IN purged
"""
_FORGET_SUBMISSIONS = """
    DELETE FROM submissions WHERE (account, workspace, key) IN (
        SELECT account, workspace, key FROM submissions WHERE expires_ms <= ? LIMIT ?)
"""
_FORGET = tuple(
    f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))"  # noqa: S608  constants
    for table, column in (
        ("results", "task_id"),
        ("inputs", "task_id"),
        ("attempts", "task_id"),
        ("upstream_calls", "task_id"),
        ("tasks", "id"),
    )
)


def purge(connection: apsw.Connection, wanted: Sequence[PurgeWanted]) -> Sequence[PurgedTasks]:
    """Forget expired tasks."""
    return [_purge_one(connection, each) for each in wanted]


def _purge_one(connection: apsw.Connection, wanted: PurgeWanted) -> PurgedTasks:
    limits = (to_milliseconds(wanted.now), wanted.limit)
    expired = [TaskId(str(row[0])) for row in connection.execute(_EXPIRED, limits)]
    objects = _forget(connection, expired)
    connection.execute(_FORGET_SUBMISSIONS, limits)
    return PurgedTasks(task_ids=expired, objects=objects, submissions=connection.changes())


class ForgetTasks:
    """The kind of write that forgets an account's tasks, whatever they are at."""

    def __init__(self, waiting: WaitingTasks) -> None:
        self._waiting = waiting

    def __call__(
        self, connection: apsw.Connection, wanted: Sequence[ForgetWanted]
    ) -> Sequence[PurgedTasks]:
        """Forget up to so many of each account."""
        return [self._forget_some(connection, each) for each in wanted]

    def _forget_some(self, connection: apsw.Connection, wanted: ForgetWanted) -> PurgedTasks:
        found = connection.execute(_OF_ACCOUNT, (wanted.account, wanted.limit)).fetchall()
        for _, status, model in found:
            lane = Lane(wanted.account, str(model))
            if status == TaskStatus.PENDING:
                self._waiting.remove(lane)
            if status == TaskStatus.RUNNING:
                self._waiting.free(lane)
        ids = [TaskId(str(row[0])) for row in found]
        return PurgedTasks(task_ids=ids, objects=_forget(connection, ids))


def _forget(connection: apsw.Connection, task_ids: Sequence[TaskId]) -> Sequence[ObjectKey]:
    """Delete the rows of tasks; gives the objects that they named."""
    ids = encode_keys(task_ids)
    objects = [ObjectKey(str(row[0])) for row in connection.execute(_OBJECTS_OF, (ids,))]
    for statement in _FORGET:
        connection.execute(statement, (ids,))
    return objects
