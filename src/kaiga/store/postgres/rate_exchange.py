"""How often what has happened at all nodes together, over PostgreSQL."""

import time
from collections.abc import Mapping, Sequence

import msgspec

from kaiga.domain.rates import Counted
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.group_commit import Write
from kaiga.store.postgres.task_rows import make_arrays, turn_into_columns

_NOW = "extract(epoch FROM statement_timestamp())::float8"
_COUNT = f"""
    INSERT INTO rates AS kept (subject, free_at)
    SELECT subject, {_NOW} + cost FROM unnest({make_arrays(("text", "float8"))})
        AS taken (subject, cost)
    ORDER BY subject
    ON CONFLICT (subject) DO UPDATE
        SET free_at = greatest(kept.free_at, {_NOW}) + excluded.free_at - {_NOW}
    RETURNING subject, free_at - {_NOW}
"""  # noqa: S608  constants
"""The rule of `domain/rates.py`, with the database's clock."""
_FORGET = f"""
    DELETE FROM rates WHERE subject IN (
        SELECT subject FROM rates WHERE free_at < {_NOW} ORDER BY subject FOR UPDATE SKIP LOCKED
    )
"""  # noqa: S608  constants
_FORGET_SECONDS = 60.0

_encode = msgspec.json.Encoder().encode


class _CountWanted(msgspec.Struct, frozen=True, kw_only=True):
    """By subject, how many seconds what has happened costs; and whether to tidy up besides."""

    costs: Mapping[str, float]
    forgets: bool


class PostgresRateExchange:
    """Implements the port `RateExchange`; its promises are told there."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._writer = database.writer
        self._writer.sync_later(_count)
        self._forget_at = 0.0

    async def exchange(self, taken: Mapping[Counted, int]) -> Mapping[Counted, float]:
        """See the port."""
        by_subject = {_encode(each).decode(): each for each in taken}
        costs = {
            subject: taken[each] * each.rate.period_seconds / each.rate.times
            for subject, each in by_subject.items()
        }
        wanted = _CountWanted(costs=costs, forgets=self._draw_forgetting())
        ahead = await self._writer.write(_count, wanted)
        return {by_subject[subject]: seconds for subject, seconds in ahead.items()}

    def _draw_forgetting(self) -> bool:
        now = time.monotonic()
        if now < self._forget_at:
            return False
        self._forget_at = now + _FORGET_SECONDS
        return True


async def _count(write: Write, wanted: Sequence[_CountWanted]) -> Sequence[Mapping[str, float]]:
    """Count what has happened; gives by subject how far ahead it is."""
    if any(each.forgets for each in wanted):
        await write.connection.execute(_FORGET)
    return [await _count_one(write, each.costs) for each in wanted]


async def _count_one(write: Write, costs: Mapping[str, float]) -> Mapping[str, float]:
    rows = await write.connection.fetch(_COUNT, *turn_into_columns(list(costs.items())))
    return {str(subject): float(seconds) for subject, seconds in rows}
