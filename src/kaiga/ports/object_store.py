"""Where bytes lie: results, and requests too large for a row."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

import msgspec

from kaiga.domain.ids import ObjectKey


class ObjectEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One object as a listing shows it; `stored_at` is the object store's own time, in UTC."""

    key: ObjectKey
    size_bytes: int
    stored_at: datetime


class ObjectStore(Protocol):
    """Immutable objects under keys; a key is written once, or written again with the same bytes."""

    async def put(self, key: ObjectKey, content: bytes) -> None:
        """Store `content`; on return it is durable. After an error nothing can be read at `key`.

        Raises:
            ObjectsUnavailable: the store did not take it (also: it is full).
        """
        ...

    async def put_file(self, key: ObjectKey, file: Path) -> None:
        """Store the content of a file of this machine, which need not fit into memory; as `put`.

        Raises:
            ObjectsUnavailable: the store did not take it, or the file can't be read.
        """
        ...

    async def read_range(self, key: ObjectKey, start: int, length: int) -> bytes:
        """Give `length` bytes from `start`; the range must lie inside the object.

        Raises:
            ObjectMissing: nothing is stored under `key`.
            ObjectsUnavailable: the store did not answer.
        """
        ...

    async def read_whole(self, key: ObjectKey) -> bytes:
        """Give all bytes of an object that is known to be small.

        Raises:
            ObjectMissing, ObjectsUnavailable: see `read_range`.
        """
        ...

    async def delete(self, keys: Sequence[ObjectKey]) -> None:
        """Remove objects; one that is not there is no error.

        Raises:
            ObjectsUnavailable: the store did not answer; some may be gone.
        """
        ...

    def list_entries(self) -> AsyncIterator[Sequence[ObjectEntry]]:
        """Give every object, in pages.

        Raises:
            ObjectsUnavailable: the store did not answer.
        """
        ...
