"""Failed tasks among the newest ones, over SQLite."""

from collections.abc import Sequence

import apsw

from kaiga.ports.recent_failures import FailedTask
from kaiga.store.report_rows import failed_from_row
from kaiga.store.sqlite.database import SqliteDatabase

FAILED = """
    SELECT id, account, catalogue_model, failure_code, ended_ms FROM (
        SELECT id, account, catalogue_model, failure_code, ended_ms, status FROM tasks
        ORDER BY id DESC LIMIT ?
    ) WHERE status = 'FAILED'
"""


class SqliteRecentFailures:
    """Implements the port `RecentFailures`; its promises are told there."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._reads = database.lists

    async def find_among(self, newest: int) -> Sequence[FailedTask]:
        """See the port."""

        def read(connection: apsw.Connection) -> Sequence[FailedTask]:
            return [failed_from_row(row) for row in connection.execute(FAILED, (newest,))]

        return await self._reads.read(read)
