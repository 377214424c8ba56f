"""How much room is taken and left."""

import asyncio
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec

from kaiga.settings import Settings

_GOOD_FOR_SECONDS = 60.0
_MOST_FILES = 200_000
"""More are not counted: that would keep the disk busy for longer than the number is worth."""


class DiskUse(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes; what can't be told is None, as that of objects and databases that lie elsewhere.

    `objects` is the address of the object store, which holds no secrets. `objects_are_more` tells
    that counting ended before all objects were counted.
    """

    folder: str
    total_bytes: int | None
    free_bytes: int | None
    database_bytes: int | None
    objects: str
    objects_bytes: int | None
    objects_files: int | None
    objects_are_more: bool = False


class MeasureDisk:
    """Many may ask; the disk is looked at once a minute."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: DiskUse | None = None
        self._good_until = 0.0
        self._lock = asyncio.Lock()

    async def __call__(self) -> DiskUse:
        """Give what is taken and left, as it was at most a minute ago."""
        async with self._lock:
            if self._known is None or time.monotonic() >= self._good_until:
                self._known = await asyncio.to_thread(_measure, self._settings)
                self._good_until = time.monotonic() + _GOOD_FOR_SECONDS
            return self._known


def _measure(settings: Settings) -> DiskUse:
    try:
        disk = shutil.disk_usage(settings.data)
    except OSError:
        disk = None
    objects = _find_local_folder(settings.objects_address)
    files, size, are_more = (None, None, False) if objects is None else _count(objects)
    return DiskUse(
        folder=str(settings.data),
        total_bytes=disk.total if disk else None,
        free_bytes=disk.free if disk else None,
        database_bytes=None if settings.is_shared else _measure_database(settings.database_path),
        objects=settings.objects_address,
        objects_bytes=size,
        objects_files=files,
        objects_are_more=are_more,
    )


def _measure_database(file: Path) -> int:
    return sum(_size_of(file.with_name(file.name + suffix)) for suffix in ("", "-wal"))


def _find_local_folder(address: str) -> Path | None:
    parts = urlsplit(address)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def _count(folder: Path) -> tuple[int, int, bool]:
    files = size = 0
    for entry in _walk(folder):
        if files == _MOST_FILES:
            return files, size, True
        files, size = files + 1, size + _size_of(entry)
    return files, size, False


def _walk(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        yield from (Path(parent) / name for name in names)


def _size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
