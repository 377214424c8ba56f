"""Gives small pictures of results: made when first asked for, and then kept as objects."""

import asyncio
import contextlib
import secrets
import shutil
from pathlib import Path

from kaiga.domain.errors import (
    ObjectMissing,
    Overloaded,
    ResultGone,
    ThumbnailUnknown,
    TryLater,
)
from kaiga.domain.ids import ObjectKey
from kaiga.domain.tasks import StoredResult, thumbnail_object_key
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.thumbnail_maker import ThumbnailMaker
from kaiga.service.links.drawn_results import HaveDrawn
from kaiga.service.reading.find_result import FoundResult

_MOST_UNDER_WAY = 64
"""Being made, or waiting to be; a browser asks for six at a time."""
_PART_BYTES = 4 * 1024 * 1024


class ShowThumbnail:
    """The use case. Files are below `folder` for as long as a thumbnail is made of them."""

    def __init__(
        self,
        *,
        objects: ObjectStore,
        maker: ThumbnailMaker,
        folder: Path,
        have_drawn: HaveDrawn,
    ) -> None:
        self._objects = objects
        self._have_drawn = have_drawn
        self._maker = maker
        self._folder = folder
        self._under_way: dict[ObjectKey, asyncio.Future[bytes]] = {}

    async def __call__(self, found: FoundResult) -> bytes:
        """Give the thumbnail of a result.

        Raises:
            ThumbnailUnknown: the file is gone, or can't be read.
            Overloaded: very many are being made.
            TryLater: a store, the disk or the program that reads clips can't serve it now.
        """
        key = thumbnail_object_key(found.task, found.position)
        try:
            return await self._objects.read(key)
        except ObjectMissing:
            return await asyncio.shield(self._begin(key, found))

    def _begin(self, key: ObjectKey, found: FoundResult) -> asyncio.Future[bytes]:
        """Have it made once, for all who ask meanwhile, also if they leave."""
        work = self._under_way.get(key)
        if work is None:
            if len(self._under_way) >= _MOST_UNDER_WAY:
                raise Overloaded
            work = asyncio.ensure_future(self._make(key, found))
            self._under_way[key] = work
            work.add_done_callback(lambda done: self._end(key, done))
        return work

    def _end(self, key: ObjectKey, done: asyncio.Future[bytes]) -> None:
        del self._under_way[key]
        if not done.cancelled():
            done.exception()  # looked at here too: whoever asked may have left

    async def _make(self, key: ObjectKey, found: FoundResult) -> bytes:
        folder = self._folder / secrets.token_hex(8)
        try:
            result = await self._have_drawn(found.task, found.result)
            await asyncio.to_thread(folder.mkdir, mode=0o700, parents=True)
            path = folder / "result"
            await self._copy(result, path)
            content = await self._maker.make(path)
        except (ObjectMissing, ResultGone):
            raise ThumbnailUnknown from None
        except OSError as error:
            raise TryLater from error
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
        if content is None:
            raise ThumbnailUnknown
        with contextlib.suppress(TryLater):  # then it is made again for the next who asks
            await self._objects.put(key, content)
        return content

    async def _copy(self, result: StoredResult, path: Path) -> None:
        with path.open("xb") as file:  # each part is written in a thread
            for start in range(0, result.size_bytes, _PART_BYTES):
                length = min(_PART_BYTES, result.size_bytes - start)
                part = await self._objects.read_range(result.object_key, start, length)
                await asyncio.to_thread(file.write, part)
