"""Puts notices into the outbox, as part of the writes that end tasks."""

from collections.abc import Collection

import apsw

from kaiga.domain.ids import TaskId
from kaiga.domain.webhooks import origin_of
from kaiga.store.sqlite.task_rows import encode_keys

_TOLD = """
    SELECT id FROM tasks WHERE id IN (SELECT value FROM json_each(?)) AND (webhook IS NOT NULL
        OR EXISTS (SELECT 1 FROM webhooks WHERE account = tasks.account AND disabled_ms IS NULL))
"""
_ADDRESSES = """
    SELECT webhook, 1 FROM tasks WHERE id = ?1 AND webhook IS NOT NULL
    UNION ALL
    SELECT webhooks.url, 0 FROM tasks CROSS JOIN webhooks ON webhooks.account = tasks.account
    WHERE tasks.id = ?1 AND webhooks.disabled_ms IS NULL
"""
_INSERT = """
    INSERT INTO outbox (task_id, account, url, origin, is_of_task, status, key_id, request_id,
        region, operation, model, started_ms, ended_ms)
    SELECT id, account, ?2, ?3, ?4, status, key_id, request_id,
        region, operation, model, coalesce(scheduled_ms, submitted_ms), ended_ms
    FROM tasks WHERE id = ?1
    ON CONFLICT (task_id, url) DO NOTHING
"""
"""An address that the task names comes first, so it counts as the task's where it is both."""


class Announcements:
    """Writes on the writer's thread, and tells the event loop of what is durable by then.

    Ends of which nobody is to be told cost one look into two indexes each, and that is a
    statement of its own since the one that gives the addresses costs four times as much.
    """

    def __init__(self) -> None:
        self._announced: set[TaskId] = set()

    def add(self, connection: apsw.Connection, task_ids: Collection[TaskId]) -> None:
        """Put one row into the outbox for each address that is told of the ends of these tasks."""
        for (task_id,) in connection.execute(_TOLD, (encode_keys(task_ids),)).fetchall():
            self._add_one(connection, TaskId(str(task_id)))

    def _add_one(self, connection: apsw.Connection, task_id: TaskId) -> None:
        for url, is_of_task in connection.execute(_ADDRESSES, (task_id,)).fetchall():
            connection.execute(_INSERT, (task_id, url, origin_of(str(url)), is_of_task))
        self._announced.add(task_id)

    def take(self, ended: Collection[TaskId]) -> bool:
        """Tell whether there is news of one of these tasks, this once only.

        What was undone after all is a hint too many, if it is ever taken.
        """
        if not self._announced or self._announced.isdisjoint(ended):
            return False
        self._announced.difference_update(ended)
        return True
