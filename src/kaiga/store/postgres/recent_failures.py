"""Failed tasks among the newest ones, over PostgreSQL."""

from collections.abc import Sequence

from kaiga.ports.recent_failures import FailedTask
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.report_rows import failed_from_row

FAILED = """
    SELECT id, account, catalogue_model, failure_code, ended_ms FROM (
        SELECT id, account, catalogue_model, failure_code, ended_ms, status FROM tasks
        ORDER BY id DESC LIMIT $1
    ) AS newest WHERE status = 'FAILED'
"""


class PostgresRecentFailures:
    """Implements the port `RecentFailures`; its promises are told there."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._reader = database.reader

    async def find_among(self, newest: int) -> Sequence[FailedTask]:
        """See the port."""
        return [failed_from_row(row) for row in await self._reader.fetch(FAILED, newest)]
