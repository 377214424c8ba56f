"""The upload store over SQLite."""

from collections.abc import Sequence
from datetime import datetime

import apsw
import msgspec

from kaiga.domain.ids import AccountId, ObjectKey
from kaiga.ports.upload_store import Upload
from kaiga.store.rows import from_milliseconds, to_milliseconds
from kaiga.store.sqlite.connecting import Value
from kaiga.store.sqlite.database import SqliteDatabase

_INSERT = """
    INSERT INTO uploads (account, key, model, object_key, size_bytes, uploaded_ms, expires_ms)
    VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
"""
_FIND = """
    SELECT account, key, model, object_key, size_bytes, uploaded_ms, expires_ms FROM uploads
    WHERE account = ? AND key = ?
"""
_PURGE = """
    DELETE FROM uploads WHERE (account, key) IN
        (SELECT account, key FROM uploads WHERE expires_ms <= ? ORDER BY expires_ms LIMIT ?)
    RETURNING object_key
"""


class UploadPurge(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `_purge`."""

    now: datetime
    limit: int


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
            return None if row is None else _upload_from_row(row)

        return await self._reads.read(read)

    async def purge_uploads(self, now: datetime, limit: int) -> Sequence[ObjectKey]:
        """See the port."""
        return await self._writer.write(_purge, UploadPurge(now=now, limit=limit))


def _add(connection: apsw.Connection, uploads: Sequence[Upload]) -> Sequence[bool]:
    return [_add_one(connection, each) for each in uploads]


def _add_one(connection: apsw.Connection, upload: Upload) -> bool:
    connection.execute(
        _INSERT,
        (
            upload.account,
            upload.key,
            upload.model,
            upload.object_key,
            upload.size_bytes,
            to_milliseconds(upload.uploaded_at),
            to_milliseconds(upload.expires_at),
        ),
    )
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


def _upload_from_row(row: tuple[Value, ...]) -> Upload:
    uploaded_at, expires_at = from_milliseconds(row[5]), from_milliseconds(row[6])
    if uploaded_at is None or expires_at is None:
        raise ValueError("an upload row without its times")
    return Upload(
        account=AccountId(str(row[0])),
        key=str(row[1]),
        model=str(row[2]),
        object_key=ObjectKey(str(row[3])),
        size_bytes=int(str(row[4])),
        uploaded_at=uploaded_at,
        expires_at=expires_at,
    )
