"""`/kaiga/v1/results.zip`: several results as one file, written while it is sent."""

import asyncio
import zipfile
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import tzinfo

from kaiga.domain.errors import (
    FieldInvalid,
    NotThere,
    ObjectMissing,
    ResultGone,
    TaskUnknown,
    ThumbnailUnknown,
    TryLater,
)
from kaiga.domain.keys import Caller
from kaiga.domain.showing import make_file_name
from kaiga.domain.tasks import StoredResult
from kaiga.http.asgi import NO_STORE, AnswerCut, Call, Header, StreamedAnswer
from kaiga.http.callers import Callers
from kaiga.http.dashscope.queries import read_query
from kaiga.http.operations.routing import Route
from kaiga.http.operations.thumbnails import read_position
from kaiga.ports.clock import Calendar
from kaiga.ports.object_store import ObjectStore
from kaiga.service.links.drawn_results import HaveDrawn
from kaiga.service.reading.find_result import FindResult, FoundResult

MOST_FILES = 100
_CHUNK_BYTES = 1024 * 1024
_ALLOWED = f"files must name 1 to {MOST_FILES} results as TASK_ID-NUMBER, with commas between."

_Named = tuple[str, int]
"""The id of a task, and which of its results is meant, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchiveRoutes:
    """Packs results for their owner; one chunk of one file is in memory at a time."""

    callers: Callers
    find_result: FindResult
    have_drawn: HaveDrawn
    objects: ObjectStore
    calendar: Calendar
    zone: tzinfo

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (Route("GET", "/kaiga/v1/results.zip", self._send),)

    async def _send(self, call: Call) -> StreamedAnswer:
        caller = await self.callers.identify(call)
        found = await self._find(caller, _read_files(read_query(call).get("files", "")))
        now = self.calendar.now(caller.principal.account).astimezone(self.zone)
        name = f"kaiga-{now:%Y%m%d-%H%M%S}.zip"
        headers: tuple[Header, ...] = (
            (b"content-type", b"application/zip"),
            (b"content-disposition", f'attachment; filename="{name}"'.encode()),
            (b"x-content-type-options", b"nosniff"),
            NO_STORE,
        )
        return StreamedAnswer(parts=self._pack(found), headers=headers)

    async def _find(self, caller: Caller, named: Sequence[_Named]) -> Sequence[FoundResult]:
        """Give what is there of what is named: some may have expired since they were chosen.

        Raises:
            NotThere: nothing is.
        """
        found: list[FoundResult] = []
        missing: NotThere = TaskUnknown()
        for task_id, position in named:
            try:
                found.append(await self.find_result(caller, task_id, position))
            except NotThere as error:
                missing = error
        if not found:
            raise missing
        return found

    async def _pack(self, found: Sequence[FoundResult]) -> AsyncGenerator[bytes]:
        """Write a zip file part by part; what is gone by its turn is left out.

        Nothing is compressed: pictures and clips are that already.
        """
        written = _Written()
        with zipfile.ZipFile(written, "w") as archive:
            for each in found:
                try:
                    async with aclosing(self._pack_one(archive, each, written)) as parts:
                        async for part in parts:
                            yield part
                except (ObjectMissing, ResultGone):
                    continue
                except TryLater as error:  # the answer has begun
                    raise AnswerCut from error
        yield written.take()

    async def _pack_one(
        self, archive: zipfile.ZipFile, found: FoundResult, written: "_Written"
    ) -> AsyncGenerator[bytes]:
        result = await self.have_drawn(found.task, found.result)
        first = await self._read(result, 0)
        name = make_file_name(found.task, found.position, result, self.zone)
        ended_at = found.task.ended_at or found.task.submitted_at
        entry = zipfile.ZipInfo(name, ended_at.astimezone(self.zone).timetuple()[:6])
        entry.file_size = result.size_bytes
        with archive.open(entry, "w") as file:
            await asyncio.to_thread(file.write, first)
            yield written.take()
            for start in range(len(first), result.size_bytes, _CHUNK_BYTES):
                try:
                    chunk = await self._read(result, start)
                except ObjectMissing as error:
                    raise AnswerCut from error
                await asyncio.to_thread(file.write, chunk)
                yield written.take()

    async def _read(self, result: StoredResult, start: int) -> bytes:
        length = min(_CHUNK_BYTES, result.size_bytes - start)
        return await self.objects.read_range(result.object_key, start, length)


class _Written:
    """What the zip's writer has written and nobody has taken; it can't be gone back in."""

    def __init__(self) -> None:
        self._content = bytearray()

    def write(self, content: bytes) -> int:
        self._content += content
        return len(content)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """Nothing is open here."""

    def take(self) -> bytes:
        taken, self._content = bytes(self._content), bytearray()
        return taken


def _read_files(text: str) -> Sequence[_Named]:
    """Read which results are meant; one that is named twice is meant once."""
    named = list(dict.fromkeys(part for part in text.split(",") if part))
    if not 1 <= len(named) <= MOST_FILES:
        raise FieldInvalid(_ALLOWED)
    return [_split(part) for part in named]


def _split(name: str) -> _Named:
    task_id, _, number = name.rpartition("-")
    try:
        return task_id, read_position(number)
    except ThumbnailUnknown:
        raise FieldInvalid(_ALLOWED) from None
