"""The limit store over SQLite."""

from collections.abc import Sequence

import apsw

from kaiga.domain.limits import LimitRule, LimitScope
from kaiga.store.limit_rows import decode_rule, make_limit_row, place_of
from kaiga.store.sqlite.database import SqliteDatabase

_LIST = "SELECT rule FROM limits ORDER BY key_id, account, model"
_PUT = "INSERT OR REPLACE INTO limits (account, model, key_id, rule) VALUES (?, ?, ?, ?)"
_REMOVE = "DELETE FROM limits WHERE account = ? AND model = ? AND key_id = ?"


class SqliteLimitStore:
    """Implements the port `LimitStore`; its promises are told there."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._writer = database.writer
        self._reads = database.lookups

    async def list_rules(self) -> Sequence[LimitRule]:
        """See the port."""

        def read(connection: apsw.Connection) -> Sequence[LimitRule]:
            return [decode_rule(str(row[0])) for row in connection.execute(_LIST)]

        return await self._reads.read(read)

    async def put_rule(self, rule: LimitRule) -> None:
        """See the port."""
        await self._writer.write(_put, rule)

    async def remove_rule(self, scope: LimitScope) -> bool:
        """See the port."""
        return await self._writer.write(_remove, scope)


def _put(connection: apsw.Connection, rules: Sequence[LimitRule]) -> Sequence[None]:
    connection.executemany(_PUT, [make_limit_row(rule) for rule in rules])
    return [None] * len(rules)


def _remove(connection: apsw.Connection, scopes: Sequence[LimitScope]) -> Sequence[bool]:
    return [_remove_one(connection, scope) for scope in scopes]


def _remove_one(connection: apsw.Connection, scope: LimitScope) -> bool:
    connection.execute(_REMOVE, place_of(scope))
    return connection.changes() == 1
