"""Runs the peer on a durable queue: PostgreSQL, uvicorn and, where wanted, two worker processes."""

import contextlib
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString

import psycopg

from harness.contestants import API_KEY, TaskClient, open_client
from harness.peers import (
    DRAIN_SECONDS,
    SERVICE_FOLDER,
    WORKER_CONCURRENCY,
    PeerSetup,
    QueueNotDrained,
    make_uvicorn_command,
    wait_for_worker,
)
from harness.postgres import postgres
from harness.processes import (
    RunningServer,
    ServerNotReady,
    find_free_port,
    make_clean_environment,
    running,
    wait_until,
)

SERVICE = "procrastinate_service"
_COUNT = "SELECT count(*) FROM procrastinate_jobs"
_COUNT_DONE = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'succeeded'"
_COUNT_OPEN = "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
_ENDS = "SELECT extract(epoch FROM at)::float FROM procrastinate_events WHERE type = 'succeeded'"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcrastinatePeer:
    """A peer that is ready."""

    name: str
    client: TaskClient
    process_ids: list[int]
    database: psycopg.Connection
    start_program: Callable[[str, Sequence[str]], RunningServer]
    workers: list[RunningServer] = field(default_factory=list[RunningServer])

    def count_tasks(self) -> int:
        """Count the jobs of the table, whatever became of them."""
        return self._count(_COUNT)

    def count_painted(self) -> int:
        """Count the jobs that ended well."""
        return self._count(_COUNT_DONE)

    def start_workers(self) -> None:
        """Start as many worker processes as Celery has; each runs one job at a time."""
        for number in range(WORKER_CONCURRENCY):
            self.workers.append(self.start_program(f"procrastinate-{number}", _WORKER_COMMAND))

    def list_end_times(self) -> Sequence[float]:
        """Give when each job ended, in seconds since 1970, as its events have it."""
        return [float(row[0]) for row in self.database.execute(_ENDS)]

    def settle(self) -> None:
        """Wait until the workers, where there are some, have done every job.

        Raises:
            QueueNotDrained: they took too long.
        """
        if not self.workers:
            time.sleep(0.2)
        elif not wait_until(lambda: not self._count(_COUNT_OPEN), timeout_seconds=DRAIN_SECONDS):
            raise QueueNotDrained(f"{self.name}: tasks still wait after {DRAIN_SECONDS:g} s")

    def _count(self, query: LiteralString) -> int:
        row = self.database.execute(query).fetchone()
        return int(row[0]) if row else 0


@contextlib.contextmanager
def procrastinate_peer(setup: PeerSetup) -> Generator[ProcrastinatePeer]:
    """Run the peer until the block ends."""
    http_port = find_free_port()
    with contextlib.ExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(prefix="kaiga-bench-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(temporary))
        database = stack.enter_context(postgres(make_clean_environment(LC_ALL="C.UTF-8")))
        environment = make_clean_environment(
            PEER_API_KEY=API_KEY,
            PEER_DATABASE_URL=database.address,
            PYTHONPATH=str(SERVICE_FOLDER),
            PYTHONDONTWRITEBYTECODE="1",
        )
        started = [database.server.process_id]

        def start(name: str, command: Sequence[str]) -> RunningServer:
            server = stack.enter_context(
                running(name, command, folder=folder, environment=environment)
            )
            started.append(server.process_id)
            return server

        with running("schema", _SCHEMA_COMMAND, folder=folder, environment=environment) as program:
            _wait_for_tables(program)
        server = start("uvicorn", make_uvicorn_command(SERVICE, http_port, setup.processes))
        server.wait_until_ready(http_port, "/healthz")
        peer = ProcrastinatePeer(
            name=setup.name,
            client=stack.enter_context(open_client(f"http://127.0.0.1:{http_port}", API_KEY)),
            process_ids=started,
            database=stack.enter_context(psycopg.connect(database.address, autocommit=True)),
            start_program=start,
        )
        if setup.worker:
            peer.start_workers()
            wait_for_worker(peer.workers[0], peer.client)
        yield peer


_PROCRASTINATE = [sys.executable, "-m", "procrastinate", "--app", f"{SERVICE}.queue"]
_SCHEMA_COMMAND = [*_PROCRASTINATE, "schema", "--apply"]
_WORKER_COMMAND = [*_PROCRASTINATE, "worker", "--concurrency", "1"]


def _wait_for_tables(program: RunningServer) -> None:
    if program.process.wait(60) != 0:
        raise ServerNotReady(f"procrastinate's tables: {program.get_last_words()}")
