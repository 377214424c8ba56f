"""Reads what an account has to look at."""

from collections.abc import Sequence

import apsw

from kaiga.domain.tasks import Task
from kaiga.ports.result_list import ResultFilter
from kaiga.store.rows import to_milliseconds
from kaiga.store.sqlite.database import SqliteDatabase
from kaiga.store.sqlite.task_rows import read_tasks

# Beyond every id: they are written with hexadecimal digits.
_AFTER_ALL_IDS = "~"
_KEPT = "account = ?1 AND status = 'SUCCEEDED' AND expires_ms > ?2 AND region IN ('', ?3)"
WITH_RESULTS = f"""
    WHERE {_KEPT} AND id < ?4 AND (?5 IS NULL OR model = ?5)
        AND EXISTS (SELECT 1 FROM results
                    WHERE task_id = tasks.id AND part = '' AND media_type GLOB ?6)
    ORDER BY id DESC LIMIT ?7
"""  # noqa: S608  a constant of this module
_MODELS = f"""
    SELECT DISTINCT model FROM (
        SELECT model FROM tasks WHERE {_KEPT} ORDER BY id DESC LIMIT 5000)
    ORDER BY model
"""  # noqa: S608  a constant of this module


class SqliteResultList:
    """Implements the port `ResultList`; its promises are told there."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._lists = database.lists

    async def list_with_results(self, wanted: ResultFilter, limit: int) -> Sequence[Task]:
        """See the port."""
        bindings = (
            *_kept(wanted),
            wanted.before or _AFTER_ALL_IDS,
            wanted.model,
            f"{wanted.kind or '*'}/*",
            limit,
        )

        def read(connection: apsw.Connection) -> Sequence[Task]:
            return tuple(read_tasks(connection, WITH_RESULTS, bindings).values())

        return await self._lists.read(read)

    async def list_models(self, wanted: ResultFilter) -> Sequence[str]:
        """See the port."""

        def read(connection: apsw.Connection) -> Sequence[str]:
            return [str(row[0]) for row in connection.execute(_MODELS, _kept(wanted))]

        return await self._lists.read(read)


def _kept(wanted: ResultFilter) -> tuple[str, int | None, str]:
    return wanted.account, to_milliseconds(wanted.now), wanted.region
