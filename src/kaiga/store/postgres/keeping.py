"""Has ended tasks expire later, or at once, as kinds of write; people ask for it, one at a time."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from kaiga.store.postgres.group_commit import Write
from kaiga.store.rows import from_milliseconds, to_milliseconds
from kaiga.store.wanted import ExpireWanted, KeepWanted

_KEEP = """
    UPDATE tasks SET expires_ms = greatest(expires_ms, ended_ms + $1)
    WHERE id = $2 AND account = $3 AND region IN ('', $4) AND ended_ms IS NOT NULL
        AND expires_ms > $5
    RETURNING expires_ms
"""
_EXPIRE = """
    WITH expired AS (
        UPDATE tasks SET expires_ms = $1
        WHERE id = $2 AND account = $3 AND region IN ('', $4) AND ended_ms IS NOT NULL
            AND expires_ms > $1
        RETURNING id
    )
    INSERT INTO unwanted_tasks (task_id) SELECT id FROM expired
    ON CONFLICT (task_id) DO UPDATE SET task_id = excluded.task_id
    RETURNING 1
"""
"""What somebody wants gone is not left to the end of its day."""


async def keep(write: Write, wanted: Sequence[KeepWanted]) -> Sequence[datetime | None]:
    """Move the expiry of tasks; gives when each expires, None where there is no such task."""
    return [await _keep_one(write, each) for each in wanted]


async def expire(write: Write, wanted: Sequence[ExpireWanted]) -> Sequence[bool]:
    """Have tasks expire at once; tells of each whether there was one."""
    return [await _expire_one(write, each) for each in wanted]


async def _keep_one(write: Write, wanted: KeepWanted) -> datetime | None:
    longer_ms = wanted.keep_for // timedelta(milliseconds=1)
    whose = (wanted.task_id, wanted.account, wanted.region)
    kept = await write.connection.fetchval(_KEEP, longer_ms, *whose, to_milliseconds(wanted.now))
    if kept is not None:
        write.hint.changed.append(wanted.task_id)
    return from_milliseconds(kept)


async def _expire_one(write: Write, wanted: ExpireWanted) -> bool:
    whose = (wanted.task_id, wanted.account, wanted.region)
    has = await write.connection.fetchval(_EXPIRE, to_milliseconds(wanted.now), *whose)
    if has is not None:
        write.hint.changed.append(wanted.task_id)
    return has is not None
