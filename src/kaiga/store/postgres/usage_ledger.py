"""The usage ledger over PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from kaiga.domain.ids import AccountId
from kaiga.domain.usage_report import Used
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.report_rows import used_from_row
from kaiga.store.rows import to_milliseconds

_NUMBER = "CASE jsonb_typeof({0}) WHEN 'number' THEN ({0})::float8 ELSE 0 END"
_SUM = f"""
    {{accounts}} SELECT account, key_id, model, count(*),
        sum({_NUMBER.format("images")})::int8,
        sum(CASE WHEN clips IS NULL THEN (seconds IS NOT NULL)::int
            ELSE {_NUMBER.format("clips")} END)::int8,
        sum({_NUMBER.format("seconds")})
    FROM (
        SELECT account, key_id, model,
            coalesce(told -> 'image_count', told -> 'output_image_count') AS images,
            told -> 'video_count' AS clips,
            coalesce(told -> 'output_video_duration', told -> 'duration',
                told -> 'video_duration') AS seconds
        FROM (
            SELECT account, key_id, model, convert_from(usage, 'UTF8')::jsonb AS told
            FROM {{span}}
        ) AS lines
    ) AS counted
    GROUP BY account, key_id, model
"""  # noqa: S608  constants
"""Models tell the same by different names (catalogue/families): pictures by two, seconds by three.
"""
SUM_OF_ACCOUNT = _SUM.format(
    accounts="", span="usage_ledger WHERE ended_ms >= $1 AND ended_ms < $2 AND account = $3"
)
SUM_OF_ALL = _SUM.format(
    accounts="""WITH RECURSIVE accounts (name) AS (
        SELECT min(account) FROM usage_ledger
        UNION ALL
        SELECT (SELECT min(account) FROM usage_ledger WHERE account > name) FROM accounts
        WHERE name IS NOT NULL
    )""",
    span="""accounts CROSS JOIN LATERAL (
        SELECT * FROM usage_ledger
        WHERE account = name AND ended_ms >= $1 AND ended_ms < $2
    ) AS of_account""",
)
"""Jumps from account to account, so that the index by account and time serves every question."""


class PostgresUsageLedger:
    """Implements the port `UsageLedger`; its promises are told there."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._reader = database.reader

    async def sum_span(
        self, account: AccountId | None, start: datetime, end: datetime
    ) -> Sequence[Used]:
        """See the port."""
        span = (to_milliseconds(start), to_milliseconds(end))
        if account is None:
            rows = await self._reader.fetch(SUM_OF_ALL, *span)
        else:
            rows = await self._reader.fetch(SUM_OF_ACCOUNT, *span, account)
        return [used_from_row(row) for row in rows]
