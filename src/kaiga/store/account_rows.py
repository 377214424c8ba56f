"""Rows of what belongs to accounts to values: the one place that knows their columns."""

import msgspec

from kaiga.ports.account_store import KnownKey
from kaiga.store.rows import ReadRow, from_milliseconds

KNOWN_KEY_COLUMNS = "account, prefix, hash, role, region, created_ms, last_used_ms"


def known_key_from_row(row: ReadRow) -> KnownKey:
    """Read a row of `KNOWN_KEY_COLUMNS`."""
    return msgspec.convert(
        {
            "account": row[0],
            "prefix": row[1],
            "hash": row[2],
            "role": row[3],
            "region": row[4],
            "created_at": from_milliseconds(row[5]),
            "last_used_at": from_milliseconds(row[6]),
        },
        KnownKey,
    )


def bytes_or_none(value: object) -> bytes | None:
    """Read a request as its column has it."""
    return value if isinstance(value, bytes) else None
