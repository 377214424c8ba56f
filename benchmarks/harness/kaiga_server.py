"""Runs `kaiga serve` with a fresh data folder."""

import contextlib
import sqlite3
import sys
import tempfile
import time
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.contestants import API_KEY, TaskClient, open_client
from harness.processes import RunningServer, find_free_port, make_clean_environment, running

ROOT = Path(__file__).resolve().parent.parent.parent

ACCOUNT = "1000000000000001"
"""Whose key the first one of a Kaiga is, and so the load's."""
_COUNT_TASKS = "SELECT count(*) FROM tasks WHERE account = ?"
LARGEST_PAGE = 100
NULL_ENGINE = ROOT / "benchmarks" / "null_engine"
NO_SETTINGS: Mapping[str, str] = {}
NULL_SETTINGS = {"KAIGA_CATALOGUE": str(NULL_ENGINE / "models")}
"""What a Kaiga needs to know the model that nothing is made for."""

SETTLE_SECONDS = 1.0
"""Leaves the store time for the checkpoint that follows a load."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KaigaServer:
    """A `kaiga serve` that is ready; `database` is its file."""

    name: str
    database: Path
    has_workers: bool
    client: TaskClient
    server: RunningServer
    ready_seconds: float

    @property
    def process_ids(self) -> Sequence[int]:
        """The id of `kaiga serve`; its engines are its children."""
        return [self.server.process_id]

    def count_tasks(self) -> int:
        """Count all tasks of the load's account, in the file itself: in an index and in no time."""
        with contextlib.closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as file:
            (count,) = file.execute(_COUNT_TASKS, (ACCOUNT,)).fetchone()
        return int(count)

    def count_painted(self) -> int:
        """Count the tasks that are SUCCEEDED; without workers, none comes to be and all count 0."""
        if not self.has_workers:
            return 0
        return int(self.client.list_tasks(page_size=1, status="SUCCEEDED")["total"])

    def list_end_times(self) -> Sequence[float]:
        """Give the ends of all tasks that SUCCEEDED, in seconds, as the list call tells them."""
        pages = range(1, self.count_painted() // LARGEST_PAGE + 2)
        return [
            row["end_time"] / 1000
            for page in pages
            for row in self.client.list_tasks(
                page_no=page, page_size=LARGEST_PAGE, status="SUCCEEDED"
            )["data"]
        ]

    def count_polls(self) -> int:
        """Count the polls answered, as the server's metrics tell it."""
        return int(self.client.read_metric("kaiga_queries_total"))

    def count_store_lookups(self) -> int:
        """Count the tasks that had to be read from the store, as the server's metrics tell it."""
        return int(self.client.read_metric("kaiga_store_lookups_total"))

    def settle(self) -> None:
        """Wait a moment."""
        time.sleep(SETTLE_SECONDS)


def find_python() -> str:
    """Give the Python that Kaiga runs in: the checkout's own environment first, else this one."""
    checkout = ROOT / ".venv" / "bin" / "python"
    return str(checkout if checkout.exists() else sys.executable)


def make_command(python: str) -> Sequence[str]:
    """Give the command of Kaiga as it is."""
    return [python, "-m", "kaiga"]


def make_null_command(python: str) -> Sequence[str]:
    """Give the command of a Kaiga whose engines make nothing; see benchmarks/null_engine."""
    return [python, str(NULL_ENGINE / "serve.py")]


@contextlib.contextmanager
def kaiga_server(
    name: str,
    *,
    workers: int | None,
    command: Sequence[str],
    data: Path | None = None,
    further_settings: Mapping[str, str] = NO_SETTINGS,
) -> Generator[KaigaServer]:
    """Serve until the block ends; `workers` None leaves the default.

    The data folder is `data`, or else new, empty, and gone at the end. `ready_seconds` runs from
    just before the process is made until /readyz first answers 200, seen by asking every 5 ms.
    """
    port = find_free_port()
    with tempfile.TemporaryDirectory(prefix="kaiga-bench-", ignore_cleanup_errors=True) as folder:
        folder_of_data = data or Path(folder) / "data"
        settings = {
            "KAIGA_HOST": "127.0.0.1",
            "KAIGA_PORT": str(port),
            "KAIGA_DATA": str(folder_of_data),
            "KAIGA_API_KEY": API_KEY,
            **further_settings,
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
            yield KaigaServer(
                name=name,
                database=folder_of_data / "kaiga.db",
                has_workers=workers != 0,
                client=client,
                server=server,
                ready_seconds=ready_seconds,
            )
