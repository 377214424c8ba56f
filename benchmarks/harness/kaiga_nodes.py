"""Runs API nodes of Kaiga on one PostgreSQL, and workers beside them, each a process of its own."""

import contextlib
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from harness.contestants import TaskClient
from harness.kaiga_server import (
    ACCOUNT,
    NO_SETTINGS,
    SETTLE_SECONDS,
    KaigaServer,
    kaiga_server,
)
from harness.postgres import Postgres
from harness.processes import (
    RunningServer,
    ServerNotReady,
    make_clean_environment,
    running,
    wait_until,
)

_COUNT = f"SELECT count(*) FROM tasks WHERE account = '{ACCOUNT}'"  # noqa: S608  a constant
_COUNT_WELL = f"{_COUNT} AND status = 'SUCCEEDED'"
_ENDS = "SELECT ended_ms / 1000.0 FROM tasks WHERE status = 'SUCCEEDED'"
_WORKS = "works."
"""The last word of what `kaiga worker` prints as soon as it is ready."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KaigaNodes:
    """Nodes that are ready; `workers` are processes, started already or by `start_workers`."""

    name: str
    servers: Sequence[KaigaServer]
    postgres: Postgres
    database: str
    start_worker: Callable[[], RunningServer]
    workers: list[RunningServer] = field(default_factory=list[RunningServer])

    @property
    def client(self) -> TaskClient:
        """A client of the first node."""
        return self.servers[0].client

    @property
    def clients(self) -> Sequence[TaskClient]:
        """A client of each node."""
        return [server.client for server in self.servers]

    @property
    def process_ids(self) -> Sequence[int]:
        """The ids of nodes and workers, and of PostgreSQL."""
        programs = [*(each.server for each in self.servers), *self.workers, self.postgres.server]
        return [each.process_id for each in programs]

    def take_first(self, name: str) -> "KaigaNodes":
        """Give the first node under a name of its own: the others have nothing to do."""
        return replace(self, name=name, servers=self.servers[:1])

    def count_tasks(self) -> int:
        """Count all tasks of the load's account, in the database itself."""
        return self._count(_COUNT)

    def count_painted(self) -> int:
        """Count the tasks that are SUCCEEDED; without workers, none comes to be and all count 0."""
        return self._count(_COUNT_WELL) if self.workers else 0

    def start_workers(self) -> None:
        """Start one more worker process."""
        self.workers.append(self.start_worker())

    def list_end_times(self) -> Sequence[float]:
        """Give the ends of all tasks that SUCCEEDED, in seconds."""
        return [float(row[0]) for row in self.postgres.select(self.database, _ENDS)]

    def count_polls(self) -> int:
        """Count the polls that the nodes have answered."""
        return sum(server.count_polls() for server in self.servers)

    def count_store_lookups(self) -> int:
        """Count the tasks that the nodes had to read from the database."""
        return sum(server.count_store_lookups() for server in self.servers)

    def settle(self) -> None:
        """Wait a moment."""
        time.sleep(SETTLE_SECONDS)

    def _count(self, statement: str) -> int:
        ((count,),) = self.postgres.select(self.database, statement)
        return int(count)


@contextlib.contextmanager
def kaiga_nodes(
    name: str,
    *,
    nodes: int,
    command: Sequence[str],
    postgres: Postgres,
    database: str,
    engines: int = 0,
    further_settings: Mapping[str, str] = NO_SETTINGS,
) -> Generator[KaigaNodes]:
    """Serve a database until the block ends; a worker started meanwhile has so many `engines`."""
    with contextlib.ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(prefix="kaiga-bench-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(temporary))
        settings = {
            "KAIGA_STORE": postgres.url_of(database),
            "KAIGA_OBJECTS": (folder / "objects").as_uri(),
            **further_settings,
        }
        servers = [
            stack.enter_context(
                kaiga_server(name, workers=0, command=command, further_settings=settings)
            )
            for _ in range(nodes)
        ]

        def start_worker() -> RunningServer:
            environment = make_clean_environment(
                KAIGA_DATA=str(folder / "data"), KAIGA_WORKERS=str(engines), **settings
            )
            worker = stack.enter_context(
                running("worker", [*command, "worker"], folder=folder, environment=environment)
            )
            _wait_for_worker(worker)
            return worker

        yield KaigaNodes(
            name=name,
            servers=servers,
            postgres=postgres,
            database=database,
            start_worker=start_worker,
        )


def _wait_for_worker(worker: RunningServer) -> None:
    def is_ready() -> bool:
        if worker.process.poll() is not None:
            raise ServerNotReady(f"kaiga worker: {worker.get_last_words()}")
        return _WORKS in worker.get_last_words()

    if not wait_until(is_ready, timeout_seconds=60.0):
        raise ServerNotReady(f"kaiga worker: {worker.get_last_words()}")
