"""The usage ledger over SQLite."""

from collections.abc import Sequence
from datetime import datetime

import apsw

from kaiga.domain.ids import AccountId
from kaiga.domain.usage_report import Used
from kaiga.store.report_rows import used_from_row
from kaiga.store.rows import to_milliseconds
from kaiga.store.sqlite.database import SqliteDatabase

_SUM = """
    {accounts} SELECT account, key_id, model, count(*),
        sum(coalesce(told ->> '$.image_count', told ->> '$.output_image_count', 0)),
        sum(coalesce(told ->> '$.video_count', seconds IS NOT NULL)), sum(coalesce(seconds, 0))
    FROM (
        SELECT account, key_id, model, told, coalesce(told ->> '$.output_video_duration',
            told ->> '$.duration', told ->> '$.video_duration') AS seconds
        FROM (SELECT account, key_id, model, CAST(usage AS TEXT) AS told FROM {span})
    )
    GROUP BY account, key_id, model
"""
"""Models tell the same by different names (catalogue/families): pictures by two, seconds by three.
A BLOB of JSON text might be taken for SQLite's own binary JSON, so it is made a text first."""
SUM_OF_ACCOUNT = _SUM.format(
    accounts="", span="usage_ledger WHERE account = ?1 AND ended_ms >= ?2 AND ended_ms < ?3"
)
SUM_OF_ALL = _SUM.format(
    accounts="""WITH RECURSIVE accounts (name) AS (
        SELECT min(account) FROM usage_ledger
        UNION ALL
        SELECT (SELECT min(account) FROM usage_ledger WHERE account > name) FROM accounts
        WHERE name IS NOT NULL
    )""",
    span="""accounts CROSS JOIN usage_ledger ON account = name
        WHERE ended_ms >= ?2 AND ended_ms < ?3""",
)
"""Jumps from account to account, so that the index by account and time serves every question."""


class SqliteUsageLedger:
    """Implements the port `UsageLedger`; its promises are told there."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._reads = database.lists

    async def sum_span(
        self, account: AccountId | None, start: datetime, end: datetime
    ) -> Sequence[Used]:
        """See the port."""
        statement = SUM_OF_ALL if account is None else SUM_OF_ACCOUNT
        bindings = (account, to_milliseconds(start), to_milliseconds(end))

        def read(connection: apsw.Connection) -> Sequence[Used]:
            return [used_from_row(row) for row in connection.execute(statement, bindings)]

        return await self._reads.read(read)
