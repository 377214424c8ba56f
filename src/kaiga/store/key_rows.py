"""Rows of keys and secrets to values: the one place that knows the order of their columns."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from kaiga.domain.ids import AccountId, KeyId, LinkKeyId, WorkspaceId
from kaiga.domain.keys import ApiKey, Principal, Role
from kaiga.domain.links import LinkKey
from kaiga.store.rows import ReadRow, from_milliseconds

KEY_COLUMNS = (
    "id, prefix, name, account, workspace, region, role, created_ms, expires_ms, last_used_ms"
)
PRINCIPAL_COLUMNS = "id, account, workspace, role, expires_ms, region"
PEPPER = "key-pepper"
LINKS = "link-signing"
"""What secrets are for."""
SECRET_BYTES = 32
_KEY_ID = re.compile(r"[1-9][0-9]{0,17}", re.ASCII)


class KeyAdded(msgspec.Struct, frozen=True, kw_only=True):
    """A key that is to be recorded."""

    key_hash: bytes
    prefix: str
    name: str
    account: AccountId
    workspace: WorkspaceId
    region: str | None
    role: Role
    created_at: datetime
    expires_at: datetime | None


def read_key_id(text: KeyId) -> int:
    """Read the id of a key as it is shown; 0, which no key has, for any other text."""
    return int(text) if _KEY_ID.fullmatch(text) else 0


def principal_from_row(row: ReadRow) -> Principal:
    """Read a row of `PRINCIPAL_COLUMNS`."""
    return Principal(
        key_id=KeyId(str(row[0])),
        account=AccountId(str(row[1])),
        workspace=WorkspaceId(str(row[2])),
        role=Role(str(row[3])),
        expires_at=from_milliseconds(row[4]),
        region=None if row[5] is None else str(row[5]),
    )


def key_from_row(row: ReadRow) -> ApiKey:
    """Read a row of `KEY_COLUMNS`."""
    created_at = from_milliseconds(row[7])
    if created_at is None:
        raise ValueError("a key row without the time of its making")
    return ApiKey(
        id=KeyId(str(row[0])),
        prefix=str(row[1]),
        name=str(row[2]),
        account=AccountId(str(row[3])),
        workspace=WorkspaceId(str(row[4])),
        region=None if row[5] is None else str(row[5]),
        role=Role(str(row[6])),
        created_at=created_at,
        expires_at=from_milliseconds(row[8]),
        last_used_at=from_milliseconds(row[9]),
    )


def link_keys_from_rows(rows: Iterable[ReadRow]) -> Sequence[LinkKey]:
    """Read the ids and values of secrets that sign links."""
    return [
        LinkKey(id=LinkKeyId(str(row[0])), secret=row[1])
        for row in rows
        if isinstance(row[1], bytes)
    ]
