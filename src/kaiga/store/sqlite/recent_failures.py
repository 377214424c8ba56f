"""Failed tasks among the newest ones, over SQLite."""

from collections.abc import Sequence

import apsw

from kaiga.domain.ids import AccountId, TaskId
from kaiga.ports.recent_failures import FailedTask
from kaiga.store.rows import from_milliseconds
from kaiga.store.sqlite.connecting import Value
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
            return [_make_failed(row) for row in connection.execute(FAILED, (newest,))]

        return await self._reads.read(read)


def _make_failed(row: Sequence[Value]) -> FailedTask:
    task_id, account, model, code, ended = row
    return FailedTask(
        task_id=TaskId(str(task_id)),
        account=AccountId(str(account)),
        model=str(model),
        code="" if code is None else str(code),
        ended_at=from_milliseconds(ended),
    )
