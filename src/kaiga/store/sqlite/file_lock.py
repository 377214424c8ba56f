"""One process per database file: two on one file end in lost work, so the second is told."""

import fcntl
import os
from pathlib import Path

from kaiga.domain.errors import StartRefused


class FileLock:
    """An exclusive lock that the operating system drops when its process dies, however it dies."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    @classmethod
    def beside(cls, database: Path) -> "FileLock":
        """Give the lock of a database file."""
        return cls(database.with_name(database.name + ".lock"))

    def acquire(self) -> None:
        """Take the lock, or say who holds it.

        Raises:
            StartRefused: another process holds it, or the folder can't be written.
        """
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise StartRefused(
                f"{self._path.parent} can't be written: {error.strerror}."
            ) from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.read(descriptor, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(descriptor)
            raise StartRefused(
                f"Another Kaiga (process {holder}) is using {self._path.parent}. "
                "Stop it first, or give this one a folder of its own with KAIGA_DATA."
            ) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor

    def release(self) -> None:
        """Let the next process in."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
