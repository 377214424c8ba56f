"""Has ended tasks expire later, or at once, as kinds of write."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import apsw

from kaiga.store.rows import from_milliseconds, to_milliseconds
from kaiga.store.wanted import ExpireWanted, KeepWanted

_KEEP = """
    UPDATE tasks SET expires_ms = max(expires_ms, ended_ms + ?1)
    WHERE id = ?2 AND account = ?3 AND region IN ('', ?4) AND ended_ms IS NOT NULL
        AND expires_ms > ?5
    RETURNING expires_ms
"""
_EXPIRE = """
    UPDATE tasks SET expires_ms = ?1
    WHERE id = ?2 AND account = ?3 AND region IN ('', ?4) AND ended_ms IS NOT NULL
        AND expires_ms > ?1
    RETURNING 1
"""


def keep(connection: apsw.Connection, wanted: Sequence[KeepWanted]) -> Sequence[datetime | None]:
    """Move the expiry of tasks; gives when each expires, None where there is no such task."""
    return [_keep_one(connection, each) for each in wanted]


def expire(connection: apsw.Connection, wanted: Sequence[ExpireWanted]) -> Sequence[bool]:
    """Have tasks expire at once; tells of each whether there was one."""
    return [_expire_one(connection, each) for each in wanted]


def _keep_one(connection: apsw.Connection, wanted: KeepWanted) -> datetime | None:
    longer_ms = wanted.keep_for // timedelta(milliseconds=1)
    now_ms = to_milliseconds(wanted.now)
    kept = connection.execute(
        _KEEP, (longer_ms, wanted.task_id, wanted.account, wanted.region, now_ms)
    ).fetchone()
    return None if kept is None else from_milliseconds(kept[0])


def _expire_one(connection: apsw.Connection, wanted: ExpireWanted) -> bool:
    now_ms = to_milliseconds(wanted.now)
    bindings = (now_ms, wanted.task_id, wanted.account, wanted.region)
    return connection.execute(_EXPIRE, bindings).fetchone() is not None
