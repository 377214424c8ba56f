"""Where it is kept which files clients have uploaded for later use (contract/core.md, 8)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from kaiga.domain.ids import AccountId, ObjectKey


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """One uploaded file: `key` is what clients name after `oss://`, `object_key` where it lies."""

    key: str
    account: AccountId
    model: str
    object_key: ObjectKey
    size_bytes: int
    uploaded_at: datetime
    expires_at: datetime


class UploadStore(Protocol):
    """Uploads by account and key.

    All methods raise `StoreUnavailable` where the database did not answer or did not take the
    data; then nothing was changed.
    """

    async def add_upload(self, upload: Upload) -> bool:
        """Record an upload; False, and nothing changed, where its account has one of that key."""
        ...

    async def find_upload(self, account: AccountId, key: str) -> Upload | None:
        """Give an upload, also one that has expired and is not purged yet."""
        ...

    async def purge_uploads(self, now: datetime, limit: int) -> Sequence[ObjectKey]:
        """Forget up to `limit` uploads that have expired; gives the objects that they named."""
        ...
