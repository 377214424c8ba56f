"""Makes a backup: packs a snapshot of the database with the objects that its rows name."""

import asyncio
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from kaiga import __version__
from kaiga.compose.commands.archive import (
    DATABASE,
    FORMAT,
    LOCAL_KEY,
    ArchiveWriter,
    Manifest,
    new_archive,
)
from kaiga.compose.local_key import FILE_NAME
from kaiga.compose.objects import open_objects_of
from kaiga.compose.parts import SNAPSHOTS
from kaiga.domain.errors import ObjectMissing, StartRefused
from kaiga.domain.ids import ObjectKey
from kaiga.ports.object_store import ObjectEntry, ObjectStore
from kaiga.settings import Settings
from kaiga.store.sqlite import FileLock, SnapshotFile, SqliteSnapshots

OnProgress = Callable[[int, int], None]
"""Told how many bytes are done, and of how many."""


@contextmanager
def take_offline_snapshot(settings: Settings, on_progress: OnProgress) -> Generator[Path]:
    """Copy the database of a folder on which no server runs; the copy is gone after the block.

    Raises:
        StartRefused: a server holds it, the folder can't be written, or it is no file.
        StoreUnavailable: it can't be read, or the copy can't be written.
    """
    if settings.is_shared:
        raise StartRefused(
            "KAIGA_STORE is PostgreSQL, which has copies of its own: take one with pg_dump, and "
            "after it one of the objects."
        )
    path = settings.database_path
    copy = settings.data / SNAPSHOTS / "offline.db"
    lock = FileLock.beside(path)
    lock.acquire()
    try:
        copy.unlink(missing_ok=True)
        asyncio.run(_take(path, copy, on_progress))
        yield copy
    finally:
        copy.unlink(missing_ok=True)
        lock.release()


async def _take(path: Path, copy: Path, on_progress: OnProgress) -> None:
    async for step in SqliteSnapshots(path).take(copy):
        on_progress(step.copied_bytes, step.total_bytes)


def pack(
    snapshot: Path, objects_address: str, settings: Settings, file: Path, on_progress: OnProgress
) -> Manifest:
    """Write the archive at `file`; gives what it holds.

    The objects lie at `objects_address`, which is reached as the settings say.

    Raises:
        ObjectsUnavailable: an object can't be read.
        OSError: the archive can't be written.
    """
    objects, data = open_objects_of(settings, objects_address), settings.data
    with new_archive(file) as archive, closing(SnapshotFile(snapshot)) as rows:
        archive.add_file(DATABASE, snapshot)
        if (data / FILE_NAME).is_file():
            archive.add_file(LOCAL_KEY, data / FILE_NAME)
        packed = _pack_objects(archive, objects, rows, on_progress)
        manifest = Manifest(
            format=FORMAT,
            version=__version__,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            tasks=rows.count_tasks(),
            objects=len(packed),
            left_out=tuple(sorted(rows.list_named() - packed)),
        )
        archive.add_manifest(manifest)
    return manifest


def _pack_objects(
    archive: ArchiveWriter, objects: ObjectStore, rows: SnapshotFile, on_progress: OnProgress
) -> frozenset[ObjectKey]:
    packed: set[ObjectKey] = set()
    done, total = 0, rows.measure_objects()
    with asyncio.Runner() as runner:
        for entry in _list_named(runner, objects, rows):
            try:
                content = runner.run(objects.read_range(entry.key, 0, entry.size_bytes))
            except ObjectMissing:
                continue
            archive.add_object(entry.key, content)
            packed.add(entry.key)
            done += entry.size_bytes
            on_progress(done, max(done, total))
    return frozenset(packed)


def _list_named(
    runner: asyncio.Runner, objects: ObjectStore, rows: SnapshotFile
) -> Generator[ObjectEntry]:
    pages = aiter(objects.list_entries())

    async def get_page() -> list[ObjectEntry] | None:
        page = await anext(pages, None)
        return None if page is None else list(page)

    while (page := runner.run(get_page())) is not None:
        named = rows.find_named([entry.key for entry in page])
        yield from (entry for entry in page if entry.key in named)
