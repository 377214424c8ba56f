"""Draws results that were postponed, when they are wanted for the first time."""

import asyncio
import secrets
import shutil
from collections.abc import Callable
from contextlib import aclosing
from pathlib import Path

import msgspec
import structlog

from kaiga.domain.errors import EngineCrashed, EngineHung, ObjectMissing, ResultGone, TryLater
from kaiga.domain.ids import ObjectKey
from kaiga.domain.media import recognise_media
from kaiga.domain.tasks import StoredResult, Task
from kaiga.ports.engine import GenerationJob, JobFailed, ResultMade
from kaiga.ports.engine_process import EngineProcess
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.paced_store import PacedStore
from kaiga.service.emulation.packed_jobs import find_drawn_key, unpack_job
from kaiga.service.recent import Recent
from kaiga.service.running.mark_results import Mark

_log = structlog.get_logger(__name__)
_DRAWN_REMEMBERED = 4096


class DrawResults:
    """Each result is drawn once, however many ask for it, and kept in the packed job's place.

    The file is stored first, then its row names it, then the packed job goes. So whenever the
    process dies, the row names one of the two, and what it does not name is swept.
    """

    def __init__(
        self,
        *,
        store: PacedStore,
        objects: ObjectStore,
        mark: Mark,
        begin_process: Callable[[], EngineProcess],
        folder: Path,
    ) -> None:
        self._store = store
        self._objects = objects
        self._mark = mark
        self._begin_process = begin_process
        self._folder = folder
        self._under_way: dict[ObjectKey, asyncio.Task[StoredResult]] = {}
        self._drawn: Recent[ObjectKey, StoredResult] = Recent(_DRAWN_REMEMBERED)

    async def __call__(self, task: Task, result: StoredResult) -> StoredResult:
        """Give a result of `task` whose file lies in the object store.

        Who leaves does not stop the drawing.

        Raises:
            ResultGone: it can't be drawn, or the task was forgotten meanwhile.
            TryLater: a store did not answer, or the engine broke.
        """
        key = find_drawn_key(result)
        if key is None:
            return result
        drawn = self._drawn.find(key)
        if drawn is not None:
            return drawn
        drawing = self._under_way.get(key)
        if drawing is None:
            drawing = asyncio.create_task(self._draw(task, result, key))
            self._under_way[key] = drawing
            drawing.add_done_callback(lambda done: self._end(key, done))
        return await asyncio.shield(drawing)

    def _end(self, key: ObjectKey, drawing: asyncio.Task[StoredResult]) -> None:
        del self._under_way[key]
        if not drawing.cancelled() and drawing.exception() is None:
            self._drawn.put(key, drawing.result())

    async def _draw(self, task: Task, postponed: StoredResult, key: ObjectKey) -> StoredResult:
        kept = await self._find_kept(task, key)
        if kept is not None:
            return kept
        content = await self._make(await self._read(postponed))
        kind = recognise_media(content)
        if kind is None:
            raise ResultGone
        marked = await self._mark(task, content, kind)
        drawn = msgspec.structs.replace(
            postponed,
            object_key=key,
            media_type=kind.name,
            size_bytes=len(marked.content),
            made_digest=marked.made_digest,
        )
        await self._objects.put(key, marked.content)
        if not await self._store.replace_result(task.id, postponed.object_key, drawn):
            raise ResultGone
        await self._objects.delete([postponed.object_key])
        return drawn

    async def _find_kept(self, task: Task, key: ObjectKey) -> StoredResult | None:
        """Give what was drawn since `task` was remembered, or before a restart; None if nothing."""
        current = await self._store.find(task.id)
        if current is None:
            raise ResultGone
        stored = (each for each in current.results if isinstance(each, StoredResult))
        return next((each for each in stored if each.object_key == key), None)

    async def _read(self, postponed: StoredResult) -> bytes:
        try:
            return await self._objects.read_range(postponed.object_key, 0, postponed.size_bytes)
        except ObjectMissing:
            raise ResultGone from None

    async def _make(self, packed: bytes) -> bytes:
        folder = self._folder / secrets.token_hex(8)
        try:
            job = await asyncio.to_thread(unpack_job, packed, folder)
            return await self._generate(job)
        except (EngineCrashed, EngineHung, OSError) as error:
            _log.warning("a result could not be drawn", reason=str(error.__cause__ or error))
            raise TryLater from error
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)

    async def _generate(self, job: GenerationJob) -> bytes:
        content = b""
        async with aclosing(self._begin_process().generate([job])) as events:
            async for event in events:
                match event:
                    case ResultMade(files=(file, *_)):
                        content = file.content
                    case JobFailed():
                        _log.warning(
                            "a result was refused when it was to be drawn", code=event.code
                        )
                        raise ResultGone
                    case _:
                        pass
        return content
