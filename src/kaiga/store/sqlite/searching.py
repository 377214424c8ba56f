"""Tasks of an account found by what is known of them, a stretch of the list at a time."""

import apsw

from kaiga.domain.ids import TaskId
from kaiga.ports.task_store import FoundTasks, TaskSearch
from kaiga.store.rows import to_milliseconds
from kaiga.store.search_span import find_span
from kaiga.store.sqlite.task_rows import encode_keys, read_tasks

_LOOKED_THROUGH = 50_000
"""By one search; what matches nothing takes 3 us a task, and others wait for the thread."""
_MATCHING = """
    WHERE account = ?1 AND id > ?2 AND id < ?3 AND (expires_ms IS NULL OR expires_ms > ?4)
        AND (?5 IS NULL OR instr(id, ?5)) AND (?6 IS NULL OR ?6 IN (model, catalogue_model))
        AND (?7 IS NULL OR status = ?7) AND region IN ('', ?8)
        AND (?9 IS NULL OR catalogue_model IN (SELECT value FROM json_each(?9)))
"""
_NEWEST = f"{_MATCHING} ORDER BY id DESC LIMIT ?10"
_NEXT_NEWER = f"{_MATCHING} ORDER BY id LIMIT ?10"
_BOUND = "SELECT id FROM tasks WHERE account = ? AND id > ? AND id < ? ORDER BY id"
_END_DOWNWARD = f"{_BOUND} DESC LIMIT 2 OFFSET ?"
_END_UPWARD = f"{_BOUND} LIMIT 2 OFFSET ?"
"""The last that is looked at, and the first that isn't."""


def search(
    connection: apsw.Connection,
    wanted: TaskSearch,
    limit: int,
    looked_through: int = _LOOKED_THROUGH,
) -> FoundTasks:
    """See the port; an index alone tells where `looked_through` tasks end."""
    floor, ceiling = find_span(wanted)
    is_upward = wanted.newer_than is not None
    stopped_at = None
    end = _END_UPWARD if is_upward else _END_DOWNWARD
    within = (wanted.account, floor, ceiling, looked_through - 1)
    ends = connection.execute(end, within).fetchall() if wanted.is_picky else []
    if len(ends) > 1:
        stopped_at, beyond = (TaskId(str(row[0])) for row in ends)
        floor, ceiling = (floor, beyond) if is_upward else (beyond, ceiling)
    matching = (
        wanted.account,
        floor,
        ceiling,
        to_milliseconds(wanted.now),
        wanted.id_part,
        wanted.model,
        wanted.status.value if wanted.status else None,
        wanted.region,
        None if wanted.models is None else encode_keys(wanted.models),
        limit,
    )
    found = list(read_tasks(connection, _NEXT_NEWER if is_upward else _NEWEST, matching).values())
    return FoundTasks(
        tasks=found[::-1] if is_upward else found,
        stopped_at=stopped_at if len(found) < limit else None,
    )
