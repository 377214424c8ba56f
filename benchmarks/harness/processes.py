"""Starts server processes and always ends them: by their own id, never by name."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from http.client import HTTPConnection
from pathlib import Path

GRACE_SECONDS = 15.0
"""How long a server may take to end by itself before it is killed."""

PROBE_SECONDS = 0.005
"""The pause between two looks at a server that is starting."""


class ServerNotReady(Exception):
    """A server ended, or stayed silent, before it was ready; the message holds its last words."""


class RunningServer:
    """A started process and the file that takes what it prints."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self.process = process
        self._log = log

    @property
    def process_id(self) -> int:
        """The id of the first process; its children may be more."""
        return self.process.pid

    def get_last_words(self) -> str:
        """Give the end of what the server printed, for an error message."""
        return self._log.read_text(errors="replace")[-2000:].strip()

    def wait_until_ready(self, port: int, path: str, *, timeout_seconds: float = 60.0) -> None:
        """Return as soon as `path` answers 200.

        Raises:
            ServerNotReady: the process ended, or the time limit passed.
        """
        deadline = time.monotonic() + timeout_seconds
        while not answers_ok(port, path):
            if self.process.poll() is not None:
                message = f"{self.name} ended with {self.process.returncode}"
                raise ServerNotReady(f"{message}: {self.get_last_words()}")
            if time.monotonic() > deadline:
                message = f"{self.name} was not ready after {timeout_seconds:g} s"
                raise ServerNotReady(f"{message}: {self.get_last_words()}")
            time.sleep(PROBE_SECONDS)


@contextlib.contextmanager
def running(
    name: str,
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    user: int | None = None,
) -> Generator[RunningServer]:
    """Run `command` inside `folder` for the length of the block, whatever ends the block.

    `user` is who runs it, by number, with the group of the same number; only root may choose.

    The process gets a session of its own: Ctrl-C then reaches the benchmark alone, which ends
    its servers in order, and the group's id names exactly what the server itself started.
    """
    log = folder / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
    try:
        yield RunningServer(name, process, log)
    finally:
        _end(process)


def wait_until(
    is_so: Callable[[], bool], *, timeout_seconds: float, pause_seconds: float = 0.05
) -> bool:
    """Ask again and again until it is so; gives False once the time is over."""
    deadline = time.monotonic() + timeout_seconds
    while not is_so():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause_seconds)
    return True


def find_free_port() -> int:
    """Give a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def answers_ok(port: int, path: str) -> bool:
    """Tell whether a GET of `path` answers 200 within a second."""
    connection = HTTPConnection("127.0.0.1", port, timeout=1.0)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def make_clean_environment(**additions: str) -> dict[str, str]:
    """Give this process's environment and `additions`, without anybody's own server settings."""
    prefixes = ("KAIGA_", "DASHSCOPE_", "CELERY_", "UVICORN_", "WEB_CONCURRENCY", "PEER_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(prefixes)}
    return kept | additions


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ask the first process to end, then kill what is left of its group."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
    # The group outlives its first process while a child of it runs.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
