"""The limit store over PostgreSQL; what it changes is told to every node."""

from collections.abc import Sequence

from kaiga.domain.limits import LimitRule, LimitScope
from kaiga.store.limit_rows import decode_rule, make_limit_row, place_of
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.group_commit import Write

_LIST = "SELECT rule FROM limits ORDER BY key_id, account, model"
_PUT = """
    INSERT INTO limits (account, model, key_id, rule) VALUES ($1, $2, $3, $4)
    ON CONFLICT (account, model, key_id) DO UPDATE SET rule = excluded.rule
"""
_REMOVE = "DELETE FROM limits WHERE account = $1 AND model = $2 AND key_id = $3 RETURNING 1"


class PostgresLimitStore:
    """Implements the port `LimitStore`; its promises are told there."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._writer = database.writer
        self._reader = database.reader

    async def list_rules(self) -> Sequence[LimitRule]:
        """See the port."""
        return [decode_rule(row[0]) for row in await self._reader.fetch(_LIST)]

    async def put_rule(self, rule: LimitRule) -> None:
        """See the port."""
        await self._writer.write(_put, rule)

    async def remove_rule(self, scope: LimitScope) -> bool:
        """See the port."""
        return await self._writer.write(_remove, scope)


async def _put(write: Write, rules: Sequence[LimitRule]) -> Sequence[None]:
    write.hint.limits = True
    for rule in rules:
        await write.connection.execute(_PUT, *make_limit_row(rule))
    return [None] * len(rules)


async def _remove(write: Write, scopes: Sequence[LimitScope]) -> Sequence[bool]:
    write.hint.limits = True
    return [
        await write.connection.fetchval(_REMOVE, *place_of(scope)) is not None for scope in scopes
    ]
