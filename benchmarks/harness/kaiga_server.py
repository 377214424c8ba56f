"""Runs `kaiga serve` with a fresh data folder."""

import contextlib
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.contestants import TaskClient, open_client
from harness.processes import RunningServer, find_free_port, make_clean_environment, running

API_KEY = "sk-bench-0123456789abcdef0123456789ab"
ROOT = Path(__file__).resolve().parent.parent.parent

SETTLE_SECONDS = 1.0
"""Leaves the store time for the checkpoint that follows a load."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KaigaServer:
    """A `kaiga serve` that is ready."""

    name: str
    client: TaskClient
    server: RunningServer
    ready_seconds: float

    @property
    def process_ids(self) -> Sequence[int]:
        """The id of `kaiga serve`; its engines are its children."""
        return [self.server.process_id]

    def count_tasks(self) -> int:
        """Count all tasks of the account by the list call, which reads the database."""
        return int(self.client.list_tasks(page_size=1)["total"])

    def count_painted(self) -> int:
        """Count the tasks that are SUCCEEDED."""
        return int(self.client.list_tasks(page_size=1, status="SUCCEEDED")["total"])

    def settle(self) -> None:
        """Wait a moment."""
        time.sleep(SETTLE_SECONDS)


def find_command() -> Sequence[str]:
    """Give the command of Kaiga: the checkout's own environment first, else this Python's."""
    checkout = ROOT / ".venv" / "bin" / "python"
    return [str(checkout if checkout.exists() else sys.executable), "-m", "kaiga"]


@contextlib.contextmanager
def kaiga_server(
    name: str, *, workers: int | None, command: Sequence[str]
) -> Generator[KaigaServer]:
    """Serve from a new, empty folder until the block ends; `workers` None leaves the default.

    `ready_seconds` runs from just before the process is made until /readyz first answers 200,
    seen by asking every 5 ms.
    """
    port = find_free_port()
    with tempfile.TemporaryDirectory(prefix="kaiga-bench-", ignore_cleanup_errors=True) as folder:
        settings = {
            "KAIGA_HOST": "127.0.0.1",
            "KAIGA_PORT": str(port),
            "KAIGA_DATA": str(Path(folder) / "data"),
            "KAIGA_API_KEY": API_KEY,
        }
        if workers is not None:
            settings["KAIGA_WORKERS"] = str(workers)
        started_at = time.perf_counter()
        with (
            running(
                "kaiga",
                [*command, "serve"],
                folder=Path(folder),
                environment=make_clean_environment(**settings),
            ) as server,
            open_client(f"http://127.0.0.1:{port}", API_KEY) as client,
        ):
            server.wait_until_ready(port, "/readyz")
            ready_seconds = time.perf_counter() - started_at
            yield KaigaServer(name=name, client=client, server=server, ready_seconds=ready_seconds)
