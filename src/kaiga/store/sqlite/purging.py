"""Forgets expired tasks and idempotency keys, a few at a time, as a kind of write."""

from collections.abc import Sequence
from datetime import datetime

import apsw
import msgspec

from kaiga.domain.ids import ObjectKey, TaskId
from kaiga.ports.task_store import PurgedTasks
from kaiga.store.sqlite.task_rows import encode_keys, to_milliseconds


class PurgeWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `purge`."""

    now: datetime
    limit: int


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
        ("tasks", "id"),
    )
)


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
    connection.execute(_FORGET_SUBMISSIONS, limits)
    return PurgedTasks(task_ids=expired, objects=objects, submissions=connection.changes())
