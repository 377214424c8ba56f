"""The port `ObjectStore` over any store that obstore speaks to."""

import asyncio
import time
from collections.abc import AsyncIterator, Generator, Sequence
from contextlib import contextmanager
from pathlib import Path

import obstore
import structlog
from obstore.store import ObjectStore as AnyStore

from kaiga.domain.errors import ObjectMissing, ObjectsUnavailable
from kaiga.domain.ids import ObjectKey
from kaiga.domain.outages import Outage
from kaiga.ports.object_store import ObjectEntry

_log = structlog.get_logger(__name__)
_PAGE = 1000
_PART_BYTES = 5 * 1024 * 1024
"""The smallest part that S3 takes of an object in parts."""
_PARTS_AT_ONCE = 2
"""So much of a file is in memory at a time."""


class StoredObjects:
    """Implements `ObjectStore`; its promises are told at the port."""

    def __init__(self, store: AnyStore) -> None:
        self._store = store
        self._outage = Outage()

    async def put(self, key: ObjectKey, content: bytes) -> None:
        """See the port."""
        with self._storing():
            await obstore.put_async(self._store, key, content)

    async def put_file(self, key: ObjectKey, file: Path) -> None:
        """See the port."""
        if not await asyncio.to_thread(file.is_file):
            raise ObjectsUnavailable
        with self._storing():
            await obstore.put_async(
                self._store,
                key,
                file,
                chunk_size=_PART_BYTES,
                max_concurrency=_PARTS_AT_ONCE,
            )

    async def read_range(self, key: ObjectKey, start: int, length: int) -> bytes:
        """See the port."""
        with _translated_errors():
            found = await obstore.get_range_async(self._store, key, start=start, length=length)
            return bytes(found)

    async def read_whole(self, key: ObjectKey) -> bytes:
        """See the port."""
        with _translated_errors():
            found = await obstore.get_async(self._store, key)
            return bytes(await found.bytes_async())

    async def delete(self, keys: Sequence[ObjectKey]) -> None:
        """See the port."""
        for key in keys:
            try:
                with _translated_errors():
                    await obstore.delete_async(self._store, key)
            except ObjectMissing:
                continue

    async def list_entries(self) -> AsyncIterator[Sequence[ObjectEntry]]:
        """See the port."""
        # Its other overloads name a package that is not needed here, hence the unknown part.
        listing = obstore.list(self._store, chunk_size=_PAGE)  # pyright: ignore[reportUnknownMemberType]
        with _translated_errors():
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

    @contextmanager
    def _storing(self) -> Generator[None]:
        """Tell the log when the store begins to take nothing, and when that is over."""
        try:
            with _translated_errors():
                yield
        except (ObjectsUnavailable, ObjectMissing) as error:
            if self._outage.note_failure(time.monotonic()):
                _log.warning("the object store takes no objects", reason=repr(error.__cause__))
            raise ObjectsUnavailable from error.__cause__
        if self._outage.note_success():
            _log.info("the object store takes objects again")


@contextmanager
def _translated_errors() -> Generator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise ObjectMissing from error
    except (obstore.exceptions.BaseError, OSError) as error:
        raise ObjectsUnavailable from error
