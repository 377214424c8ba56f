"""The key store over SQLite."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import apsw

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
from kaiga.store.rows import to_milliseconds
from kaiga.store.sqlite.database import SqliteDatabase

_FIND = f"""
    SELECT {PRINCIPAL_COLUMNS} FROM api_keys
    WHERE revoked_ms IS NULL
"""  # noqa: S608  constants


class SqliteKeyStore:
    """Implements the port `KeyStore`; its promises are told there."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._writer = database.writer
        self._reads = database.lookups

    async def add_key(self, **values: Any) -> ApiKey:
        """See the port."""
        return await self._writer.write(_add_keys, KeyAdded(**values))

    async def find_principal(self, key_hash: bytes) -> Principal | None:
        """See the port."""
        return await self._find_principal("hash = ?", key_hash)

    async def find_principal_of(self, key_id: KeyId) -> Principal | None:
        """See the port."""
        return await self._find_principal("id = ?", read_key_id(key_id))

    async def _find_principal(self, which: str, value: bytes | int) -> Principal | None:
        def read(connection: apsw.Connection) -> Principal | None:
            row = connection.execute(f"{_FIND} AND {which}", (value,)).fetchone()
            return None if row is None else principal_from_row(row)

        return await self._reads.read(read)

    async def has_workspace(self, account: AccountId, workspace: WorkspaceId) -> bool:
        """See the port."""

        def read(connection: apsw.Connection) -> bool:
            row = connection.execute(
                "SELECT 1 FROM workspaces WHERE account = ? AND id = ?", (account, workspace)
            ).fetchone()
            return row is not None

        return await self._reads.read(read)

    async def list_keys(self) -> Sequence[ApiKey]:
        """See the port."""

        def read(connection: apsw.Connection) -> Sequence[ApiKey]:
            return [
                key_from_row(row)
                for row in connection.execute(
                    f"SELECT {KEY_COLUMNS} FROM api_keys WHERE revoked_ms IS NULL ORDER BY id"  # noqa: S608  constants
                )
            ]

        return await self._reads.read(read)

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

        def read(connection: apsw.Connection) -> Sequence[LinkKey]:
            rows = connection.execute(
                "SELECT id, value FROM secrets WHERE purpose = ? "
                "ORDER BY replaced_ms IS NOT NULL, replaced_ms DESC",
                (LINKS,),
            )
            return link_keys_from_rows(rows)

        return await self._reads.read(read)

    async def rotate_link_key(
        self, link_key_id: LinkKeyId, secret: bytes, now: datetime, drop_before: datetime
    ) -> None:
        """See the port."""
        await self._writer.write(_rotate_link_keys, (link_key_id, secret, now, drop_before))


def _add_keys(connection: apsw.Connection, added: Sequence[KeyAdded]) -> Sequence[ApiKey]:
    return [_add_key(connection, key) for key in added]


def _add_key(connection: apsw.Connection, added: KeyAdded) -> ApiKey:
    created = to_milliseconds(added.created_at)
    connection.execute("INSERT OR IGNORE INTO accounts VALUES (?, ?)", (added.account, created))
    connection.execute(
        "INSERT OR IGNORE INTO workspaces VALUES (?, ?, ?)",
        (added.account, added.workspace, created),
    )
    connection.execute(
        "INSERT INTO api_keys (hash, prefix, name, account, workspace, region, role, created_ms, "
        "expires_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (hash) WHERE revoked_ms IS NULL DO UPDATE SET role = excluded.role",
        (
            added.key_hash,
            added.prefix,
            added.name,
            added.account,
            added.workspace,
            added.region,
            added.role.value,
            created,
            to_milliseconds(added.expires_at),
        ),
    )
    row = connection.execute(
        f"SELECT {KEY_COLUMNS} FROM api_keys WHERE hash = ? AND revoked_ms IS NULL",  # noqa: S608  constants
        (added.key_hash,),
    ).fetchone()
    if row is None:
        raise RuntimeError("the key just added is not there")
    return key_from_row(row)


def _revoke_keys(
    connection: apsw.Connection, wanted: Sequence[tuple[KeyId, datetime]]
) -> Sequence[bytes | None]:
    return [_revoke_key(connection, key_id, now) for key_id, now in wanted]


def _revoke_key(connection: apsw.Connection, key_id: KeyId, now: datetime) -> bytes | None:
    row = connection.execute(
        "UPDATE api_keys SET revoked_ms = ? WHERE id = ? AND revoked_ms IS NULL RETURNING hash",
        (to_milliseconds(now), read_key_id(key_id)),
    ).fetchone()
    return row[0] if row is not None and isinstance(row[0], bytes) else None


def _record_uses(
    connection: apsw.Connection, uses: Sequence[Mapping[KeyId, datetime]]
) -> Sequence[None]:
    connection.executemany(
        "UPDATE api_keys SET last_used_ms = max(coalesce(last_used_ms, 0), ?) WHERE id = ?",
        [(to_milliseconds(at), int(key)) for each in uses for key, at in each.items()],
    )
    return [None] * len(uses)


def _get_peppers(connection: apsw.Connection, wanted: Sequence[None]) -> Sequence[bytes]:
    connection.execute(
        "INSERT OR IGNORE INTO secrets (purpose, id, value, created_ms) VALUES (?, '1', ?, ?)",
        (PEPPER, secrets.token_bytes(SECRET_BYTES), to_milliseconds(datetime.now(UTC))),
    )
    row = connection.execute("SELECT value FROM secrets WHERE purpose = ?", (PEPPER,)).fetchone()
    if row is None or not isinstance(row[0], bytes):
        raise RuntimeError("the secret just made is not there")
    return [row[0]] * len(wanted)


def _rotate_link_keys(
    connection: apsw.Connection,
    wanted: Sequence[tuple[LinkKeyId, bytes, datetime, datetime]],
) -> Sequence[None]:
    for link_key_id, secret, now, drop_before in wanted:
        connection.execute(
            "DELETE FROM secrets WHERE purpose = ? AND replaced_ms < ?",
            (LINKS, to_milliseconds(drop_before)),
        )
        connection.execute(
            "UPDATE secrets SET replaced_ms = ? WHERE purpose = ? AND replaced_ms IS NULL",
            (to_milliseconds(now), LINKS),
        )
        connection.execute(
            "INSERT INTO secrets (purpose, id, value, created_ms) VALUES (?, ?, ?, ?)",
            (LINKS, link_key_id, secret, to_milliseconds(now)),
        )
    return [None] * len(wanted)
