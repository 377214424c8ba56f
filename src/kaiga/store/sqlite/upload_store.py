"""The upload store over SQLite."""

from collections.abc import Sequence
from datetime import datetime

import apsw

from kaiga.domain.ids import AccountId, ObjectKey
from kaiga.ports.upload_store import Upload
from kaiga.store.rows import to_milliseconds
from kaiga.store.sqlite.database import SqliteDatabase
from kaiga.store.upload_rows import (
    UPLOAD_COLUMNS,
    UploadPurge,
    make_upload_row,
    upload_from_row,
)

_INSERT = f"""
    INSERT INTO uploads ({UPLOAD_COLUMNS})
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""  # noqa: S608  constants
_FIND = f"SELECT {UPLOAD_COLUMNS} FROM uploads WHERE account = ? AND key = ?"  # noqa: S608  constants
_PURGE = """
    DELETE FROM uploads WHERE (account, key) IN
        (SELECT account, key FROM uploads WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ?)
    RETURNING object_key
"""


class SqliteUploadStore:
    """Implements the port `UploadStore`; its promises are told there."""

    def __init__(self, database: SqliteDatabase) -> None:
        self._writer = database.writer
        self._reads = database.lookups

    async def add_upload(self, upload: Upload) -> bool:
        """See the port."""
        return await self._writer.write(_add, upload)

    async def find_upload(self, account: AccountId, key: str) -> Upload | None:
        """See the port."""

        def read(connection: apsw.Connection) -> Upload | None:
            row = connection.execute(_FIND, (account, key)).fetchone()
            return None if row is None else upload_from_row(row)

        return await self._reads.read(read)

    async def purge_uploads(self, now: datetime, limit: int) -> Sequence[ObjectKey]:
        """See the port."""
        return await self._writer.write(_purge, UploadPurge(now=now, limit=limit))


def _add(connection: apsw.Connection, uploads: Sequence[Upload]) -> Sequence[bool]:
    return [_add_one(connection, each) for each in uploads]


def _add_one(connection: apsw.Connection, upload: Upload) -> bool:
    connection.execute(_INSERT, make_upload_row(upload))
    return connection.changes() == 1


def _purge(
    connection: apsw.Connection, wanted: Sequence[UploadPurge]
) -> Sequence[Sequence[ObjectKey]]:
    return [
        [
            ObjectKey(str(row[0]))
            for row in connection.execute(_PURGE, (to_milliseconds(each.now), each.limit))
        ]
        for each in wanted
    ]
