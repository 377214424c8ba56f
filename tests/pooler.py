"""A real PgBouncer for tests, which gives each transaction one of very few connections.

It comes with the system: Debian's package is pgbouncer. `PGBOUNCER` may name its program.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from postgres_server import NOBODY, PostgresServer, find_free_port

# Debian puts it where only root looks.
_PATH = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
PROGRAM = shutil.which(os.environ.get("PGBOUNCER") or "pgbouncer", path=_PATH)
IS_MISSING = (
    "PgBouncer is missing: install it (Debian's package is pgbouncer), or name it in PGBOUNCER"
)
_PATIENCE_SECONDS = 30.0
_SETTINGS = """
[databases]
* = host=127.0.0.1 port={server_port} user={user}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
server_login_retry = 0.2
query_wait_timeout = {patience}
"""


class Pooler:
    """A PgBouncer before every database of a server; it may be killed and started again."""

    def __init__(self, server: PostgresServer, patience_seconds: int = 20) -> None:
        """`patience_seconds` is how long a transaction may wait for a connection."""
        assert PROGRAM is not None, IS_MISSING
        self._folder = Path(tempfile.mkdtemp(prefix="kaiga-pooler-"))
        self._folder.chmod(0o755)
        self._program = PROGRAM
        self._process: subprocess.Popen[bytes] | None = None
        self.port = find_free_port()
        user = urlsplit(server.url_of()).username
        told = _SETTINGS.format(
            server_port=server.port, user=user, port=self.port, patience=patience_seconds
        )
        (self._folder / "pgbouncer.ini").write_text(told)

    def url_of(self, url: str) -> str:
        """Give the address of a database of the server by way of this."""
        parts = urlsplit(url)
        place = f"{parts.username}@127.0.0.1:{self.port}"
        return urlunsplit(parts._replace(netloc=place))

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        user = NOBODY if os.geteuid() == 0 else None  # it refuses to run as root
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._program, str(self._folder / "pgbouncer.ini")],
                stdout=log,
                stderr=log,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
            )
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._is_listening():
            alive = self._process.poll() is None and time.monotonic() < deadline
            assert alive, self.log()[-2000:]
            time.sleep(0.02)

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(_PATIENCE_SECONDS)
            self._process = None

    def log(self) -> str:
        return (self._folder / "log").read_text(errors="replace")

    def _is_listening(self) -> bool:
        with socket.socket() as connecting:
            return connecting.connect_ex(("127.0.0.1", self.port)) == 0

    def close(self) -> None:
        """End it for good and remove its files."""
        self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)
