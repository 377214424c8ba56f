"""The key store over PostgreSQL; what it changes is told to every node."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from kaiga.domain.ids import AccountId, KeyId, LinkKeyId, WorkspaceId
from kaiga.domain.keys import ApiKey, Principal
from kaiga.domain.links import LinkKey
from kaiga.store.key_rows import (
    KEY_COLUMNS,
    LINKS,
    PEPPER,
    PRINCIPAL_COLUMNS,
    SECRET_BYTES,
    KeyAdded,
    key_from_row,
    link_keys_from_rows,
    principal_from_row,
    read_key_id,
)
from kaiga.store.postgres.connecting import Connection
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.group_commit import Write
from kaiga.store.postgres.task_rows import turn_into_columns
from kaiga.store.rows import to_milliseconds

FIND_BY_HASH = f"SELECT {PRINCIPAL_COLUMNS} FROM api_keys WHERE revoked_ms IS NULL AND hash = $1"  # noqa: S608  constants
_FIND_BY_ID = f"SELECT {PRINCIPAL_COLUMNS} FROM api_keys WHERE revoked_ms IS NULL AND id = $1"  # noqa: S608  constants
_LIST = f"SELECT {KEY_COLUMNS} FROM api_keys WHERE revoked_ms IS NULL ORDER BY id"  # noqa: S608  constants
_HAS_WORKSPACE = "SELECT 1 FROM workspaces WHERE account = $1 AND id = $2"
_ADD_ACCOUNT = "INSERT INTO accounts (id, created_ms) VALUES ($1, $2) ON CONFLICT DO NOTHING"
_ADD_WORKSPACE = """
    INSERT INTO workspaces (account, id, created_ms) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING
"""
_SET_ROLE = f"""
    UPDATE api_keys SET role = $2 WHERE hash = $1 AND revoked_ms IS NULL RETURNING {KEY_COLUMNS}
"""  # noqa: S608  constants
_ADD_KEY = f"""
    INSERT INTO api_keys (hash, prefix, name, account, workspace, region, role, created_ms,
        expires_ms)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    ON CONFLICT (hash) WHERE revoked_ms IS NULL DO UPDATE SET role = excluded.role
    RETURNING {KEY_COLUMNS}
"""  # noqa: S608  constants
_REVOKE = """
    UPDATE api_keys SET revoked_ms = $2 WHERE id = $1 AND revoked_ms IS NULL RETURNING hash
"""
_RECORD_USES = """
    WITH used AS (SELECT * FROM unnest($1::int8[], $2::int8[]) AS used (id, at_ms)),
    locked AS (SELECT id FROM api_keys WHERE id IN (SELECT id FROM used) ORDER BY id FOR UPDATE)
    UPDATE api_keys SET last_used_ms = greatest(last_used_ms, at_ms)
    FROM used JOIN locked USING (id) WHERE api_keys.id = used.id
"""
_MAKE_PEPPER = """
    INSERT INTO secrets (purpose, id, value, created_ms) VALUES ($1, '1', $2, $3)
    ON CONFLICT DO NOTHING
"""
_READ_PEPPER = "SELECT value FROM secrets WHERE purpose = $1"
_LIST_LINK_KEYS = """
    SELECT id, value FROM secrets WHERE purpose = $1
    ORDER BY replaced_ms IS NOT NULL, replaced_ms DESC
"""
_LINK_KEYS_LOCK = 0x4B4C
_LOCK_LINK_KEYS = f"SELECT pg_advisory_xact_lock({_LINK_KEYS_LOCK}, 0)"
"""Of two nodes that make a new link key at once, one replaces the other's."""
_DROP_LINK_KEYS = "DELETE FROM secrets WHERE purpose = $1 AND replaced_ms < $2"
_REPLACE_LINK_KEY = "UPDATE secrets SET replaced_ms = $2 WHERE purpose = $1 AND replaced_ms IS NULL"
_ADD_LINK_KEY = "INSERT INTO secrets (purpose, id, value, created_ms) VALUES ($1, $2, $3, $4)"


class PostgresKeyStore:
    """Implements the port `KeyStore`; its promises are told there."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._writer = database.writer
        self._reader = database.reader

    async def add_key(self, **values: Any) -> ApiKey:
        """See the port."""
        return await self._writer.write(_add_keys, KeyAdded(**values))

    async def find_principal(self, key_hash: bytes) -> Principal | None:
        """See the port."""
        return await self._find_principal(FIND_BY_HASH, key_hash)

    async def find_principal_of(self, key_id: KeyId) -> Principal | None:
        """See the port."""
        return await self._find_principal(_FIND_BY_ID, read_key_id(key_id))

    async def _find_principal(self, statement: str, value: bytes | int) -> Principal | None:
        rows = await self._reader.fetch(statement, value)
        return principal_from_row(rows[0]) if rows else None

    async def has_workspace(self, account: AccountId, workspace: WorkspaceId) -> bool:
        """See the port."""
        return bool(await self._reader.fetch(_HAS_WORKSPACE, account, workspace))

    async def list_keys(self) -> Sequence[ApiKey]:
        """See the port."""
        return [key_from_row(row) for row in await self._reader.fetch(_LIST)]

    async def revoke_key(self, key_id: KeyId, now: datetime) -> bytes | None:
        """See the port."""
        return await self._writer.write(_revoke_keys, (key_id, now))

    async def record_uses(self, uses: Mapping[KeyId, datetime]) -> None:
        """See the port."""
        await self._writer.write(_record_uses, uses)

    async def get_pepper(self) -> bytes:
        """See the port."""
        return await self._writer.write(_get_peppers, None)

    async def list_link_keys(self) -> Sequence[LinkKey]:
        """See the port."""
        return link_keys_from_rows(await self._reader.fetch(_LIST_LINK_KEYS, LINKS))

    async def rotate_link_key(
        self, link_key_id: LinkKeyId, secret: bytes, now: datetime, drop_before: datetime
    ) -> None:
        """See the port."""
        await self._writer.write(_rotate_link_keys, (link_key_id, secret, now, drop_before))


async def _add_keys(write: Write, added: Sequence[KeyAdded]) -> Sequence[ApiKey]:
    write.hint.keys = True
    return [await _add_key(write.connection, key) for key in added]


async def _add_key(connection: Connection, added: KeyAdded) -> ApiKey:
    created = to_milliseconds(added.created_at)
    await connection.execute(_ADD_ACCOUNT, added.account, created)
    await connection.execute(_ADD_WORKSPACE, added.account, added.workspace, created)
    # An insert that ends in an update takes a number all the same, so the update is tried first.
    row = await connection.fetchrow(_SET_ROLE, added.key_hash, added.role.value)
    if row is None:
        row = await connection.fetchrow(
            _ADD_KEY,
            added.key_hash,
            added.prefix,
            added.name,
            added.account,
            added.workspace,
            added.region,
            added.role.value,
            created,
            to_milliseconds(added.expires_at),
        )
    if row is None:
        raise RuntimeError("the key just added is not there")
    return key_from_row(row)


async def _revoke_keys(
    write: Write, wanted: Sequence[tuple[KeyId, datetime]]
) -> Sequence[bytes | None]:
    write.hint.keys = True
    return [
        await write.connection.fetchval(_REVOKE, read_key_id(key_id), to_milliseconds(now))
        for key_id, now in wanted
    ]


async def _record_uses(write: Write, uses: Sequence[Mapping[KeyId, datetime]]) -> Sequence[None]:
    latest: dict[int, datetime] = {}
    for each in uses:
        for key_id, at in each.items():
            number = read_key_id(key_id)
            latest[number] = max(at, latest.get(number, at))
    rows = [(number, to_milliseconds(at)) for number, at in latest.items()]
    if rows:
        await write.connection.execute(_RECORD_USES, *turn_into_columns(rows))
    return [None] * len(uses)


async def _get_peppers(write: Write, wanted: Sequence[None]) -> Sequence[bytes]:
    now = to_milliseconds(datetime.now(UTC))
    await write.connection.execute(_MAKE_PEPPER, PEPPER, secrets.token_bytes(SECRET_BYTES), now)
    pepper = bytes(await write.connection.fetchval(_READ_PEPPER, PEPPER))
    return [pepper] * len(wanted)


async def _rotate_link_keys(
    write: Write, wanted: Sequence[tuple[LinkKeyId, bytes, datetime, datetime]]
) -> Sequence[None]:
    write.hint.keys = True
    connection = write.connection
    await connection.execute(_LOCK_LINK_KEYS)
    for link_key_id, secret, now, drop_before in wanted:
        now_ms = to_milliseconds(now)
        await connection.execute(_DROP_LINK_KEYS, LINKS, to_milliseconds(drop_before))
        await connection.execute(_REPLACE_LINK_KEY, LINKS, now_ms)
        await connection.execute(_ADD_LINK_KEY, LINKS, link_key_id, secret, now_ms)
    return [None] * len(wanted)
