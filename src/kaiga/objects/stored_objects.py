"""The port `ObjectStore` over any store that obstore speaks to."""

import asyncio
import time
from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
import structlog
from obstore.store import ObjectStore as AnyStore

from kaiga.domain.errors import ObjectMissing, ObjectsUnavailable
from kaiga.domain.ids import ObjectKey
from kaiga.domain.outages import Outage
from kaiga.ports.object_store import ObjectEntry

if TYPE_CHECKING:
    from obstore import Attributes

_log = structlog.get_logger(__name__)
_PAGE = 1000
_PART_BYTES = 5 * 1024 * 1024
"""The smallest part that S3 takes of an object in parts."""
_PARTS_AT_ONCE = 2
"""So much of a file is in memory at a time."""
_HEAD_BYTES = 64
"""By which a file's kind can be told."""


class StoredObjects:
    """Implements `ObjectStore`; its promises are told at the port."""

    def __init__(self, store: AnyStore) -> None:
        self._store = store
        self._outage = Outage()

    async def check(self) -> None:
        """See that the store can be used, before anything relies on it.

        Raises:
            StartRefused: it can't; the message says why.
        """

    async def put(self, key: ObjectKey, content: bytes) -> None:
        """See the port."""
        with self._storing():
            await self._send(key, content, content[:_HEAD_BYTES])

    async def put_file(self, key: ObjectKey, file: Path) -> None:
        """See the port."""
        head = await asyncio.to_thread(_read_head, file)
        with self._storing():
            await self._send(key, file, head)

    async def read_range(self, key: ObjectKey, start: int, length: int) -> bytes:
        """See the port."""
        with self._translated_errors():
            found = await obstore.get_range_async(self._store, key, start=start, length=length)
            return bytes(found)

    async def read(self, key: ObjectKey) -> bytes:
        """See the port."""
        with self._translated_errors():
            found = await obstore.get_async(self._store, key)
            return bytes(await found.bytes_async())

    async def delete(self, keys: Sequence[ObjectKey]) -> None:
        """See the port."""
        for key in keys:
            try:
                with self._translated_errors():
                    await obstore.delete_async(self._store, key)
            except ObjectMissing:
                continue

    async def list_entries(self) -> AsyncIterator[Sequence[ObjectEntry]]:
        """See the port."""
        # Its other overloads name a package that is not needed here, hence the unknown part.
        listing = obstore.list(self._store, chunk_size=_PAGE)  # pyright: ignore[reportUnknownMemberType]
        with self._translated_errors():
            async for page in listing:
                yield [
                    ObjectEntry(
                        key=ObjectKey(meta["path"]),
                        size_bytes=meta["size"],
                        stored_at=meta["last_modified"],
                    )
                    for meta in page
                ]
                await asyncio.sleep(0)

    def _describe(self, head: bytes) -> "Attributes | None":
        """Give what is stored beside an object that begins with `head`."""
        del head

    def _is_missing(self, error: Exception) -> bool:
        """Tell whether an error means that there is no such object."""
        return isinstance(error, FileNotFoundError)

    def _explain(self, error: Exception) -> Exception:
        """Give what may be told of an error in logs and to the operator."""
        return error

    async def _send(self, key: ObjectKey, content: bytes | Path, head: bytes) -> None:
        await obstore.put_async(
            self._store,
            key,
            content,
            attributes=self._describe(head),
            chunk_size=_PART_BYTES,
            max_concurrency=_PARTS_AT_ONCE,
        )

    @contextmanager
    def _storing(self) -> Generator[None]:
        """Tell the log when the store begins to take nothing, and when that is over."""
        try:
            with self._translated_errors():
                yield
        except (ObjectsUnavailable, ObjectMissing) as error:
            if self._outage.note_failure(time.monotonic()):
                _log.warning("the object store takes no objects", reason=repr(error.__cause__))
            raise ObjectsUnavailable from error.__cause__
        if self._outage.note_success():
            _log.info("the object store takes objects again")

    @contextmanager
    def _translated_errors(self) -> Generator[None]:
        try:
            yield
        except (obstore.exceptions.BaseError, OSError) as error:
            failure = ObjectMissing if self._is_missing(error) else ObjectsUnavailable
            raise failure from self._explain(error)


def _read_head(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(_HEAD_BYTES)
    except OSError as error:
        raise ObjectsUnavailable from error
