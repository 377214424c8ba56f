"""Tasks of an account found by what is known of them, a stretch of the list at a time."""

from collections.abc import Sequence

import apsw

from kaiga.domain.ids import first_task_id_at
from kaiga.domain.tasks import Task
from kaiga.ports.task_store import TaskSearch
from kaiga.store.sqlite.task_rows import read_tasks, to_milliseconds

_MATCHING = """
    WHERE account = ?1 AND id > ?2 AND id < ?3 AND (expires_ms IS NULL OR expires_ms > ?4)
        AND (?5 IS NULL OR instr(id, ?5)) AND (?6 IS NULL OR ?6 IN (model, catalogue_model))
        AND (?7 IS NULL OR status = ?7) AND region IN ('', ?8)
"""
_NEWEST = f"{_MATCHING} ORDER BY id DESC LIMIT ?9"
_NEXT_NEWER = f"{_MATCHING} ORDER BY id LIMIT ?9"
_AFTER_ALL_IDS = "g"


def search(connection: apsw.Connection, wanted: TaskSearch, limit: int) -> Sequence[Task]:
    """See the port."""
    floor = first_task_id_at(wanted.submitted_from) if wanted.submitted_from else ""
    ceiling = (
        first_task_id_at(wanted.submitted_before) if wanted.submitted_before else _AFTER_ALL_IDS
    )
    matching = (
        wanted.account,
        max(floor, wanted.newer_than or ""),
        min(ceiling, wanted.older_than or _AFTER_ALL_IDS),
        to_milliseconds(wanted.now),
        wanted.id_part,
        wanted.model,
        wanted.status.value if wanted.status else None,
        wanted.region,
        limit,
    )
    if wanted.newer_than is None:
        return list(read_tasks(connection, _NEWEST, matching).values())
    return list(read_tasks(connection, _NEXT_NEWER, matching).values())[::-1]
