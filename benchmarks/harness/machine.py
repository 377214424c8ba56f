"""Tells what a run ran on: enough to read its numbers, nothing that names a machine or a person."""

import importlib.metadata
import os
import platform
import shutil
import subprocess
import tempfile
from pathlib import Path

import msgspec

MEMORY_FILE_SYSTEMS = frozenset({"tmpfs", "ramfs"})
PACKAGES = ("fastapi", "uvicorn", "celery", "redis", "hiredis", "procrastinate", "psycopg")


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """`data_file_system` is the kind of file system that the servers' folders are on."""

    cores: int
    system: str
    data_file_system: str
    versions: dict[str, str]

    @property
    def keeps_data(self) -> bool:
        """Tell whether a sync reaches a disk; in memory it costs nothing and proves nothing."""
        return self.data_file_system not in MEMORY_FILE_SYSTEMS


def describe_machine() -> Machine:
    """Look around."""
    versions = {"Python": platform.python_version()}
    versions |= {name: importlib.metadata.version(name) for name in PACKAGES}
    for program in ("redis-server", "wrk"):
        if shutil.which(program):
            versions[program] = _ask_version(program)
    return Machine(
        cores=os.cpu_count() or 1,
        system=platform.system(),
        data_file_system=find_file_system(Path(tempfile.gettempdir()).resolve()),
        versions=versions,
    )


def find_file_system(folder: Path, mounts: Path = Path("/proc/mounts")) -> str:
    """Name the kind of file system of `folder`; "unknown" where the system has no such list."""
    if not mounts.exists():
        return "unknown"
    kinds: dict[Path, str] = {}
    for line in mounts.read_text().splitlines():
        _device, mount_point, kind, *_rest = line.split()
        kinds[Path(mount_point)] = kind
    for place in (folder, *folder.parents):
        if place in kinds:
            return kinds[place]
    return "unknown"


def _ask_version(program: str) -> str:
    """Give the first word with a digit and a dot that `program --version` prints."""
    asked = subprocess.run(
        [program, "--version"], capture_output=True, text=True, timeout=10, check=False
    )
    for word in (asked.stdout + asked.stderr).split():
        number = word.removeprefix("v=").removeprefix("debian/")
        if "." in number and any(character.isdigit() for character in number):
            return number
    return "unknown"
