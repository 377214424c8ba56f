"""What the peers have in common: how they are run, and uvicorn in front of each."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.contestants import TaskClient
from harness.processes import RunningServer, ServerNotReady, wait_until

SERVICE_FOLDER = Path(__file__).resolve().parent.parent / "peer"
WORKER_CONCURRENCY = 2

DRAIN_SECONDS = 120.0
"""How long the workers may take over what one load left in the queue."""


class QueueNotDrained(Exception):
    """A peer's workers did not keep up in the time they were given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerSetup:
    """How a peer is run: `processes` of uvicorn, and with workers from the start or without."""

    name: str
    processes: int = 1
    worker: bool = False


def make_uvicorn_command(service: str, port: int, processes: int) -> Sequence[str]:
    """Give the command that serves a module of the peers' folder."""
    command = [sys.executable, "-m", "uvicorn", f"{service}:app", "--app-dir", str(SERVICE_FOLDER)]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    command += ["--loop", "uvloop", "--http", "httptools"]
    command += ["--no-access-log", "--log-level", "warning"]
    if processes > 1:
        command += ["--workers", str(processes)]
    return command


def wait_for_worker(process: RunningServer, client: TaskClient) -> None:
    """Return once a first task went all the way.

    Raises:
        ServerNotReady: the worker ended, or did nothing within a minute.
    """
    task_id = client.create()

    def is_done() -> bool:
        if process.process.poll() is not None:
            raise ServerNotReady(f"{process.name}: {process.get_last_words()}")
        return client.query_status(task_id) == "SUCCEEDED"

    if not wait_until(is_done, timeout_seconds=60.0):
        raise ServerNotReady(f"{process.name}: {process.get_last_words()}")
