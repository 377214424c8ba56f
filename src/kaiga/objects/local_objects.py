"""Objects in a local folder, made durable before they are named, and cleaned up after a crash."""

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from obstore.store import LocalStore

from kaiga.domain.errors import ObjectsUnavailable
from kaiga.domain.ids import ObjectKey
from kaiga.objects.stored_objects import StoredObjects
from kaiga.ports.object_store import ObjectEntry

_UNFINISHED_MARK = "#"
"""obstore writes to `{name}#{number}` and renames; a crash between leaves that file, which its
own listing hides."""


class LocalObjects(StoredObjects):
    """A folder; a put returns after an fsync of the file and of its folder."""

    def __init__(self, root: Path) -> None:
        super().__init__(LocalStore(root, automatic_cleanup=True, mkdir=True))
        self._root = root

    async def put(self, key: ObjectKey, content: bytes) -> None:
        """See the port."""
        await super().put(key, content)
        await self._sync(key)

    async def put_file(self, key: ObjectKey, file: Path) -> None:
        """See the port."""
        await super().put_file(key, file)
        await self._sync(key)

    async def delete(self, keys: Sequence[ObjectKey]) -> None:
        """See the port; unfinished files, which only this listing shows, are removed as well."""
        unfinished = [key for key in keys if _UNFINISHED_MARK in key]
        if unfinished:
            await asyncio.to_thread(self._delete_unfinished, unfinished)
        await super().delete([key for key in keys if _UNFINISHED_MARK not in key])

    async def list_entries(self) -> AsyncIterator[Sequence[ObjectEntry]]:
        """See the port."""
        yield await asyncio.to_thread(self._list_unfinished)
        async for page in super().list_entries():
            yield page

    async def _sync(self, key: ObjectKey) -> None:
        try:
            await asyncio.to_thread(_sync_to_disk, self._root / key, self._root)
        except OSError as error:
            raise ObjectsUnavailable from error

    def _list_unfinished(self) -> Sequence[ObjectEntry]:
        try:
            paths = list(self._root.rglob(f"*{_UNFINISHED_MARK}*"))
        except OSError as error:  # a folder went away under the search
            raise ObjectsUnavailable from error
        return [entry for path in paths if (entry := self._find_entry(path)) is not None]

    def _find_entry(self, path: Path) -> ObjectEntry | None:
        try:
            found = path.stat()
        except OSError:  # its write has just been finished
            return None
        return ObjectEntry(
            key=ObjectKey(str(path.relative_to(self._root))),
            size_bytes=found.st_size,
            stored_at=datetime.fromtimestamp(found.st_mtime, UTC),
        )

    def _delete_unfinished(self, keys: Sequence[ObjectKey]) -> None:
        for key in keys:
            path = (self._root / key).resolve()
            if not path.is_relative_to(self._root.resolve()):
                raise ObjectsUnavailable
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise ObjectsUnavailable from error


def _sync_to_disk(path: Path, root: Path) -> None:
    """Sync a file and every folder down to it: a new folder is no safer than what names it."""
    above = [folder for folder in path.parents if folder.is_relative_to(root)]
    for synced in (path, *above):
        descriptor = os.open(synced, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
