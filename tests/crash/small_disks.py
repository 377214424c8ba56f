"""A disk so small that a test can fill it, under a server of its own."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from running import RunningKaiga

_SIZE = "24m"
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
        with self._filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(_BLOCK)
            except OSError:
                return

    def make_room(self, running: RunningKaiga) -> None:
        """Let everything be written again."""
        unlimited = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        resource.prlimit(running.process_id, resource.RLIMIT_FSIZE, unlimited)
        self._filler.unlink(missing_ok=True)


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """Have one at `folder` for as long as the block lasts."""
    folder.mkdir()
    is_mounted = os.geteuid() == 0 and _mount(folder)
    try:
        yield SmallDisk(folder, is_mounted=is_mounted)
    finally:
        if is_mounted:
            subprocess.run(["umount", folder], check=True)


def _mount(folder: Path) -> bool:
    """A container's root may not be allowed to."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "kaiga-test", folder]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
