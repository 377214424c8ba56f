"""A backup as one file: a tar of the database, the objects that its rows name, and a manifest.

The manifest comes last, so an archive that has one is whole.
"""

import io
import os
import tarfile
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

import msgspec

from kaiga.domain.ids import ObjectKey

DATABASE, OBJECTS, LOCAL_KEY, MANIFEST = "kaiga.db", "objects/", "local-key", "manifest.json"
"""Names inside the archive; objects stand below theirs under their keys."""
FORMAT = 1
_MODE = 0o600


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What an archive holds; `left_out` are objects that were deleted while it was made."""

    format: int
    version: str
    made_at: str
    tasks: int
    objects: int
    left_out: tuple[ObjectKey, ...]

    def summary(self) -> dict[str, int]:
        """Count what it names."""
        return {"tasks": self.tasks, "objects": self.objects, "left_out": len(self.left_out)}


class ArchiveWriter:
    """Adds members to a tar."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self._tar = tar

    def add_file(self, name: str, file: Path) -> None:
        """Add a file of this machine."""
        with file.open("rb") as content:
            self._add(name, file.stat().st_size, content)

    def add_manifest(self, manifest: Manifest) -> None:
        """Add the last member."""
        content = msgspec.json.format(msgspec.json.encode(manifest))
        self._add(MANIFEST, len(content), io.BytesIO(content))

    def add_object(self, key: ObjectKey, content: bytes) -> None:
        """Add an object."""
        self._add(OBJECTS + key, len(content), io.BytesIO(content))

    def _add(self, name: str, size_bytes: int, content: BinaryIO) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mode = size_bytes, _MODE
        self._tar.addfile(member, content)


@contextmanager
def new_archive(file: Path) -> Generator[ArchiveWriter]:
    """Write an archive that appears at `file` when it is whole and synced, and not before.

    Only its owner may read it. An older file of that name is replaced.

    Raises:
        OSError: it can't be written.
    """
    partial = file.with_name(f".{file.name}.part")
    partial.unlink(missing_ok=True)
    descriptor = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, _MODE)
    try:
        with os.fdopen(descriptor, "wb") as output:
            with tarfile.open(fileobj=output, mode="w") as tar:
                yield ArchiveWriter(tar)
            output.flush()
            os.fsync(output.fileno())
        partial.replace(file)
        _sync_folder(file.parent)
    finally:
        with suppress(OSError):
            partial.unlink()


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
