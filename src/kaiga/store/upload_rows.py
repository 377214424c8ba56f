"""Rows of uploads to values and back: the one place that knows the order of their columns."""

from datetime import datetime

import msgspec

from kaiga.domain.ids import AccountId, ObjectKey
from kaiga.ports.upload_store import Upload
from kaiga.store.rows import ReadRow, Row, from_milliseconds, to_milliseconds

UPLOAD_COLUMNS = "account, key, model, object_key, size_bytes, uploaded_ms, expires_ms"


class UploadPurge(msgspec.Struct, frozen=True, kw_only=True):
    """How many of the uploads that have expired are to be forgotten."""

    now: datetime
    limit: int


def make_upload_row(upload: Upload) -> Row:
    """Give what the `UPLOAD_COLUMNS` of an upload hold."""
    return (
        upload.account,
        upload.key,
        upload.model,
        upload.object_key,
        upload.size_bytes,
        to_milliseconds(upload.uploaded_at),
        to_milliseconds(upload.expires_at),
    )


def upload_from_row(row: ReadRow) -> Upload:
    """Read a row of `UPLOAD_COLUMNS`."""
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
