"""Puts notices into the outbox, as part of the writes that end tasks."""

from collections.abc import Sequence

from kaiga.domain.ids import TaskId
from kaiga.domain.webhooks import origin_of
from kaiga.store.postgres.group_commit import Write
from kaiga.store.postgres.task_rows import make_arrays, turn_into_columns

_ADDRESSES = """
    SELECT id, url, max(is_of_task) FROM (
        SELECT id, webhook AS url, 1 AS is_of_task FROM tasks
        WHERE id = ANY ($1::uuid[]) AND webhook IS NOT NULL
        UNION ALL
        SELECT tasks.id, webhooks.url, 0
        FROM tasks JOIN webhooks ON webhooks.account = tasks.account
        WHERE tasks.id = ANY ($1::uuid[]) AND webhooks.disabled_ms IS NULL
    ) AS told
    GROUP BY id, url ORDER BY id, url
"""
"""An address that the task names counts as the task's, also where it is its account's as well."""
_INSERT = f"""
    INSERT INTO outbox (task_id, account, url, origin, is_of_task, status, key_id, request_id,
        region, operation, model, started_ms, ended_ms)
    SELECT tasks.id, account, told.url, told.origin, told.is_of_task, status, key_id, request_id,
        region, operation, model, coalesce(scheduled_ms, submitted_ms), ended_ms
    FROM unnest({make_arrays(("uuid", "text", "int4", "text"))})
        AS told (id, url, is_of_task, origin)
    JOIN tasks ON tasks.id = told.id
    ON CONFLICT (task_id, url) DO NOTHING
"""  # noqa: S608  constants


async def announce(write: Write, ended: Sequence[TaskId]) -> None:
    """Put one row into the outbox for each address that is told of the ends of these tasks."""
    if not ended:
        return
    addresses = await write.connection.fetch(_ADDRESSES, ended)
    if not addresses:
        return
    rows = [(*row, origin_of(str(row[1]))) for row in addresses]
    await write.connection.execute(_INSERT, *turn_into_columns(rows))
    write.hint.announced = True
