"""Reads what an account has to look at."""

from collections.abc import Sequence

from kaiga.domain.tasks import Task
from kaiga.ports.result_list import ResultFilter
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.task_rows import SELECT_TASKS, tasks_from_rows
from kaiga.store.rows import to_milliseconds

_KEPT = "account = $1 AND status = 'SUCCEEDED' AND expires_ms > $2 AND region IN ('', $3)"
WITH_RESULTS = f"""
    {SELECT_TASKS}
    WHERE {_KEPT} AND ($4::uuid IS NULL OR id < $4) AND ($5::text IS NULL OR model = $5)
        AND EXISTS (SELECT 1 FROM results
                    WHERE task_id = tasks.id AND part = '' AND media_type LIKE $6)
    ORDER BY id DESC LIMIT $7
"""  # noqa: S608  constants of these modules
_MODELS = f"""
    SELECT DISTINCT model FROM (
        SELECT model FROM tasks WHERE {_KEPT} ORDER BY id DESC LIMIT 5000) AS newest
    ORDER BY model
"""  # noqa: S608  a constant of this module


class PostgresResultList:
    """Implements the port `ResultList`; its promises are told there."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._reader = database.reader

    async def list_with_results(self, wanted: ResultFilter, limit: int) -> Sequence[Task]:
        """See the port."""
        matching = (wanted.before, wanted.model, f"{wanted.kind or '%'}/%", limit)
        rows = await self._reader.fetch(WITH_RESULTS, *_kept(wanted), *matching)
        return tuple(tasks_from_rows(rows).values())

    async def list_models(self, wanted: ResultFilter) -> Sequence[str]:
        """See the port."""
        return [str(row[0]) for row in await self._reader.fetch(_MODELS, *_kept(wanted))]


def _kept(wanted: ResultFilter) -> tuple[str, int | None, str]:
    return wanted.account, to_milliseconds(wanted.now), wanted.region
