"""A Ray cluster of several nodes on this machine, each a group of processes that can be lost."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from running import wait_until

PORT = 6379
ADDRESS = f"127.0.0.1:{PORT}"
_RAY = str(Path(sys.executable).with_name("ray"))
_OBJECTS_BYTES = 80_000_000
_TITLE = b"ray::EngineActor"
"""What Ray shows in place of the command of a process with our actor."""


class Cluster:
    """A head that runs nothing itself, and nodes that come and go."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._started = 0
        self._head: subprocess.Popen[bytes] | None = None
        self.nodes: list[subprocess.Popen[bytes]] = []

    def start(self) -> "Cluster":
        self._head = self._run(
            "--head", f"--port={PORT}", "--include-dashboard=false", "--num-cpus=0"
        )
        wait_until(can_connect, "the head listens")
        return self

    def add_node(self) -> None:
        """Add a node with four CPUs and one GPU, by its own word."""
        self.nodes.append(self._run(f"--address={ADDRESS}", "--num-cpus=4", "--num-gpus=1"))

    def lose(self, node: subprocess.Popen[bytes]) -> None:
        """Kill everything that a node consists of, at once."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(node.pid, signal.SIGKILL)
        node.wait()

    def stop(self) -> None:
        for process in (*self.nodes, self._head):
            if process is not None:
                self.lose(process)

    def _run(self, *options: str) -> subprocess.Popen[bytes]:
        self._started += 1
        with (self._folder / f"node-{self._started}.log").open("wb") as log:
            return subprocess.Popen(
                [
                    _RAY,
                    "start",
                    *options,
                    "--node-ip-address=127.0.0.1",
                    f"--object-store-memory={_OBJECTS_BYTES}",
                    "--disable-usage-stats",
                    "--block",
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )


def can_connect() -> bool:
    try:
        socket.create_connection(("127.0.0.1", PORT), 1).close()
    except OSError:
        return False
    return True


def list_actors(method: str = "") -> list[int]:
    """Give the processes that actors run in now, those that are in `method` where it is named."""
    title = _TITLE + (f".{method}".encode() if method else b"")
    return _list_processes(lambda command: command.startswith(title))


def list_bridges() -> list[int]:
    return _list_processes(lambda command: b"kaiga.compose.engines.ray_bridge" in command)


def _list_processes(is_wanted: Callable[[bytes], bool]) -> list[int]:
    found: list[int] = []
    for place in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if is_wanted(place.read_bytes()):
                found.append(int(place.parent.name))
    return found
