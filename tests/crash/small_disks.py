"""A disk so small that a test can fill it, under a server of its own."""

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from running import RunningKaiga

_BLOCK = b"x" * 4096


class SmallDisk:
    """A file system in memory; where none may be mounted, the server's files may not grow."""

    def __init__(self, folder: Path, *, is_mounted: bool) -> None:
        self.folder = folder
        self._is_mounted = is_mounted
        self._filler = folder / "filler"

    def fill(self, running: RunningKaiga) -> None:
        """Leave no room for anything."""
        if not self._is_mounted:
            resource.prlimit(running.process_id, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
            return
        with self._filler.open("ab", buffering=0) as file:
            with suppress(OSError):  # the server takes some of it meanwhile
                os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(self.folder).free)
            try:
                while True:
                    file.write(_BLOCK)
            except OSError:
                return

    def make_room(self, running: RunningKaiga | None) -> None:
        """Let everything be written again, by a server that is still there or by the next one."""
        if running is not None:
            unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
            resource.prlimit(running.process_id, resource.RLIMIT_FSIZE, unlimited)
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path, size_mebibytes: int = 24) -> Iterator[SmallDisk]:
    """Have one at `folder` for as long as the block lasts."""
    folder.mkdir()
    is_mounted = os.geteuid() == 0 and _mount(folder, size_mebibytes)
    try:
        yield SmallDisk(folder, is_mounted=is_mounted)
    finally:
        if is_mounted:
            subprocess.run(["umount", folder], check=True)


def _mount(folder: Path, size_mebibytes: int) -> bool:
    """A container's root may not be allowed to."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={size_mebibytes}m", "kaiga-test", folder]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
