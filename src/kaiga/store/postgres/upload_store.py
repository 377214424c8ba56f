"""The upload store over PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime

from kaiga.domain.ids import AccountId, ObjectKey
from kaiga.ports.upload_store import Upload
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.group_commit import Write
from kaiga.store.rows import to_milliseconds
from kaiga.store.upload_rows import (
    UPLOAD_COLUMNS,
    UploadPurge,
    make_upload_row,
    upload_from_row,
)

_INSERT = f"""
    INSERT INTO uploads ({UPLOAD_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT DO NOTHING RETURNING 1
"""  # noqa: S608  constants
_FIND = f"SELECT {UPLOAD_COLUMNS} FROM uploads WHERE account = $1 AND key = $2"  # noqa: S608  constants
_PURGE = """
    DELETE FROM uploads WHERE (account, key) IN (
        SELECT account, key FROM uploads WHERE expires_ms <= $1
        ORDER BY expires_ms LIMIT $2 FOR UPDATE SKIP LOCKED)
    RETURNING object_key
"""
"""What another node forgets at the same time is left to it."""


class PostgresUploadStore:
    """Implements the port `UploadStore`; its promises are told there."""

    def __init__(self, database: PostgresDatabase) -> None:
        self._writer = database.writer
        self._reader = database.reader

    async def add_upload(self, upload: Upload) -> bool:
        """See the port."""
        return await self._writer.write(_add, upload)

    async def find_upload(self, account: AccountId, key: str) -> Upload | None:
        """See the port."""
        if "\0" in key:  # which PostgreSQL takes in no text
            return None
        rows = await self._reader.fetch(_FIND, account, key)
        return upload_from_row(rows[0]) if rows else None

    async def purge_uploads(self, now: datetime, limit: int) -> Sequence[ObjectKey]:
        """See the port."""
        return await self._writer.write(_purge, UploadPurge(now=now, limit=limit))


async def _add(write: Write, uploads: Sequence[Upload]) -> Sequence[bool]:
    return [
        await write.connection.fetchval(_INSERT, *make_upload_row(each)) is not None
        for each in uploads
    ]


async def _purge(write: Write, wanted: Sequence[UploadPurge]) -> Sequence[Sequence[ObjectKey]]:
    return [
        [
            ObjectKey(row[0])
            for row in await write.connection.fetch(_PURGE, to_milliseconds(each.now), each.limit)
        ]
        for each in wanted
    ]
