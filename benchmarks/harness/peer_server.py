"""Runs the peer: Redis, uvicorn and, where wanted, a Celery worker, each with a fresh folder.

Redis keeps an append-only file that it syncs every second, which is its documented setting for
data that matters; snapshots and rewrites of that file are off, so that none falls into a
measurement. Both choices favour the peer: Kaiga syncs before it answers.
"""

import contextlib
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import redis

from harness.contestants import TaskClient, open_client
from harness.processes import (
    RunningServer,
    ServerNotReady,
    find_free_port,
    make_clean_environment,
    running,
)

API_KEY = "sk-bench-0123456789abcdef0123456789ab"
SERVICE_FOLDER = Path(__file__).resolve().parent.parent / "peer"
BROKER_DATABASE = 0
RESULT_DATABASE = 1
QUEUE = "celery"
UNACKNOWLEDGED = "unacked"
WORKER_CONCURRENCY = 2

DRAIN_SECONDS = 120.0
"""How long the worker may take over what one load left in the queue."""


class QueueNotDrained(Exception):
    """The peer's worker did not keep up in the time it was given."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerSetup:
    """How the peer is run: `processes` of uvicorn, and a Celery worker or none."""

    name: str
    processes: int
    worker: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerServer:
    """A peer that is ready."""

    name: str
    client: TaskClient
    process_ids: Sequence[int]
    broker: redis.Redis
    results: redis.Redis
    has_worker: bool

    def count_tasks(self) -> int:
        """Count the messages in the queue, or with a worker the results that were stored."""
        if self.has_worker:
            return self.count_painted()
        return _as_int(self.broker.llen(QUEUE))

    def count_painted(self) -> int:
        """Count the results that were stored."""
        return _as_int(self.results.dbsize())

    def settle(self) -> None:
        """Wait until the worker, where there is one, has emptied the queue.

        Raises:
            QueueNotDrained: it took too long.
        """
        if not self.has_worker:
            time.sleep(0.2)
            return
        deadline = time.monotonic() + DRAIN_SECONDS
        while _as_int(self.broker.llen(QUEUE)) + _as_int(self.broker.hlen(UNACKNOWLEDGED)):
            if time.monotonic() > deadline:
                raise QueueNotDrained(f"{self.name}: tasks still wait after {DRAIN_SECONDS:g} s")
            time.sleep(0.1)


@contextlib.contextmanager
def peer_server(setup: PeerSetup) -> Generator[PeerServer]:
    """Run the peer until the block ends."""
    redis_port, http_port = find_free_port(), find_free_port()
    redis_url = f"redis://127.0.0.1:{redis_port}"
    environment = make_clean_environment(
        PEER_API_KEY=API_KEY,
        PEER_BROKER_URL=f"{redis_url}/{BROKER_DATABASE}",
        PEER_RESULT_URL=f"{redis_url}/{RESULT_DATABASE}",
        PYTHONDONTWRITEBYTECODE="1",
    )
    with contextlib.ExitStack() as stack:
        folder = Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="kaiga-bench-", ignore_cleanup_errors=True)
            )
        )

        started: list[int] = []

        def start(name: str, command: list[str]) -> RunningServer:
            server = stack.enter_context(
                running(name, command, folder=folder, environment=environment)
            )
            started.append(server.process_id)
            return server

        redis_process = start("redis", _redis_command(redis_port))
        broker = stack.enter_context(redis.Redis(port=redis_port, db=BROKER_DATABASE))
        results = stack.enter_context(redis.Redis(port=redis_port, db=RESULT_DATABASE))
        _wait_for_redis(redis_process, broker)
        server = start("uvicorn", _uvicorn_command(http_port, setup.processes))
        server.wait_until_ready(http_port, "/healthz")
        client = stack.enter_context(open_client(f"http://127.0.0.1:{http_port}", API_KEY))
        if setup.worker:
            _wait_for_worker(start("celery", _celery_command()), client)
        yield PeerServer(
            name=setup.name,
            client=client,
            process_ids=started,
            broker=broker,
            results=results,
            has_worker=setup.worker,
        )


def _redis_command(port: int) -> list[str]:
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port)]
    command += ["--appendonly", "yes", "--appendfsync", "everysec"]
    command += ["--save", "", "--auto-aof-rewrite-percentage", "0"]
    return command


def _uvicorn_command(port: int, processes: int) -> list[str]:
    command = [sys.executable, "-m", "uvicorn", "service:app", "--app-dir", str(SERVICE_FOLDER)]
    command += ["--host", "127.0.0.1", "--port", str(port)]
    command += ["--loop", "uvloop", "--http", "httptools"]
    command += ["--no-access-log", "--log-level", "warning"]
    if processes > 1:
        command += ["--workers", str(processes)]
    return command


def _celery_command() -> list[str]:
    command = [sys.executable, "-m", "celery", "--workdir", str(SERVICE_FOLDER)]
    command += ["--app", "service:celery", "worker", "--pool", "prefork"]
    command += ["--concurrency", str(WORKER_CONCURRENCY), "--loglevel", "warning"]
    return command


def _wait_for_redis(process: RunningServer, broker: redis.Redis) -> None:
    deadline = time.monotonic() + 30.0
    while True:
        try:
            broker.llen(QUEUE)
        except redis.ConnectionError:
            if process.process.poll() is not None or time.monotonic() > deadline:
                raise ServerNotReady(f"redis: {process.get_last_words()}") from None
            time.sleep(0.02)
        else:
            return


def _wait_for_worker(process: RunningServer, client: TaskClient) -> None:
    """Return once a first task went all the way."""
    deadline = time.monotonic() + 60.0
    task_id = client.create()
    while client.query_status(task_id) != "SUCCEEDED":
        if process.process.poll() is not None or time.monotonic() > deadline:
            raise ServerNotReady(f"celery: {process.get_last_words()}")
        time.sleep(0.05)


def _as_int(answer: object) -> int:
    """Narrow a reply: the client's annotations also cover its asynchronous form."""
    if not isinstance(answer, int):
        raise TypeError(f"not a number: {answer!r}")
    return answer
