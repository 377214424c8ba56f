"""Brings a backup back, into a data folder in which there is nothing yet."""

import asyncio
import os
import shutil
import tarfile
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import IO

import msgspec

from kaiga.compose.commands.archive import (
    DATABASE,
    FORMAT,
    LOCAL_KEY,
    MANIFEST,
    OBJECTS,
    Manifest,
)
from kaiga.compose.local_key import FILE_NAME
from kaiga.compose.objects import open_objects_of
from kaiga.domain.errors import KaigaError, RestoreRefused
from kaiga.domain.ids import ObjectKey
from kaiga.ports.object_store import ObjectStore
from kaiga.settings import Settings
from kaiga.store.sqlite import FileLock, SnapshotFile

OnProgress = Callable[[int, int], None]
"""Told how many bytes of the archive are done, and of how many."""


def restore(file: Path, settings: Settings, on_progress: OnProgress) -> Manifest:
    """Unpack an archive and look at all of it before its database is put in place.

    Raises:
        RestoreRefused: there is something already, or the archive is no whole backup of a
            version that this one can read; nothing was left behind.
        ObjectsUnavailable: the object store takes nothing.
        OSError: a file can't be read or written.
    """
    if settings.is_shared:
        raise RestoreRefused(
            "KAIGA_STORE is PostgreSQL, and a backup is of SQLite: restore it without KAIGA_STORE, "
            "then move it with `kaiga migrate`."
        )
    objects = open_objects_of(settings)
    with asyncio.Runner() as runner:
        _check_empty(settings, runner, objects)
        settings.database_path.parent.mkdir(parents=True, exist_ok=True)
        settings.data.mkdir(parents=True, exist_ok=True)
        lock = FileLock.beside(settings.database_path)
        lock.acquire()
        unpacking = _Unpacking(settings, runner, objects)
        try:
            manifest = unpacking.run(file, on_progress)
            unpacking.put_in_place()
        except BaseException:
            unpacking.undo()
            raise
        finally:
            lock.release()
    return manifest


def _write_private(file: Path, content: IO[bytes]) -> None:
    """Write a file that only its owner may read, and sync it."""
    file.unlink(missing_ok=True)
    descriptor = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as output:
        shutil.copyfileobj(content, output)
        output.flush()
        os.fsync(output.fileno())


def _check_empty(settings: Settings, runner: asyncio.Runner, objects: ObjectStore) -> None:
    async def has_objects() -> bool:
        async for page in objects.list_entries():
            if page:
                return True
        return False

    if settings.database_path.exists():
        raise RestoreRefused(
            f"{settings.data} holds something already. Restore into an empty folder (KAIGA_DATA)."
        )
    if runner.run(has_objects()):
        raise RestoreRefused(
            f"{settings.objects_address} holds objects already. "
            "Restore into an empty place (KAIGA_DATA, KAIGA_OBJECTS)."
        )


class _Unpacking:
    """One archive on its way into a folder."""

    def __init__(self, settings: Settings, runner: asyncio.Runner, objects: ObjectStore) -> None:
        self._settings = settings
        self._runner = runner
        self._objects = objects
        database = settings.database_path
        self._database = database.with_name(f".{database.name}.part")
        self._local_key = settings.data / f".{FILE_NAME}.part"
        self._files = {DATABASE: self._database, LOCAL_KEY: self._local_key}
        self._unpacked: set[ObjectKey] = set()

    def run(self, file: Path, on_progress: OnProgress) -> Manifest:
        manifest: Manifest | None = None
        size_bytes = file.stat().st_size
        try:
            with file.open("rb") as source, tarfile.open(fileobj=source, mode="r:") as tar:
                for member in tar:
                    manifest = self._unpack(tar, member) or manifest
                    on_progress(source.tell(), size_bytes)
        except (tarfile.TarError, msgspec.DecodeError, EOFError) as error:
            raise RestoreRefused(f"{file} is no whole backup: {error}.") from error
        if manifest is None:
            raise RestoreRefused(f"{file} is no whole backup: it has no {MANIFEST} at its end.")
        if manifest.format != FORMAT:
            raise RestoreRefused(f"{file} was made by Kaiga {manifest.version}, and is newer.")
        self._check(file, manifest)
        return manifest

    def put_in_place(self) -> None:
        """Make it a data folder; the database comes last, for it is what a server looks for."""
        with suppress(FileNotFoundError):
            self._local_key.replace(self._settings.data / FILE_NAME)
        self._database.replace(self._settings.database_path)

    def undo(self) -> None:
        """Remove what was unpacked."""
        for file in (self._database, self._local_key):
            file.unlink(missing_ok=True)
        with suppress(KaigaError):
            self._runner.run(self._objects.delete(sorted(self._unpacked)))

    def _unpack(self, tar: tarfile.TarFile, member: tarfile.TarInfo) -> Manifest | None:
        content = tar.extractfile(member)
        if content is None:
            raise tarfile.TarError(f"{member.name} is no file")
        with content:
            if member.name == MANIFEST:
                return msgspec.json.decode(content.read(), type=Manifest)
            if member.name in self._files:
                _write_private(self._files[member.name], content)
            elif member.name.startswith(OBJECTS):
                self._put(ObjectKey(member.name.removeprefix(OBJECTS)), content.read())
            else:
                raise tarfile.TarError(f"{member.name} does not belong into one")
        return None

    def _put(self, key: ObjectKey, content: bytes) -> None:
        self._unpacked.add(key)
        self._runner.run(self._objects.put(key, content))

    def _check(self, file: Path, manifest: Manifest) -> None:
        if not self._database.is_file():
            raise RestoreRefused(f"{file} is no whole backup: it has no {DATABASE}.")
        with closing(SnapshotFile(self._database)) as rows:
            rows.check_origin()
            damage = rows.find_damage()
            if damage is not None:
                raise RestoreRefused(f"The database in {file} is damaged: {damage}.")
            missing = rows.list_named() - self._unpacked - set(manifest.left_out)
            if missing:
                raise RestoreRefused(
                    f"{file} lacks {len(missing)} objects that its database names, "
                    f"such as {min(missing)}."
                )
