"""Runs the first peer: Redis, uvicorn and, where wanted, a Celery worker, each with a fresh folder.

Redis keeps an append-only file that it syncs every second, which is its documented setting for
data that matters; snapshots and rewrites of that file are off, so that none falls into a
measurement. Both choices favour the peer: Kaiga syncs before it answers.
"""

import contextlib
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import redis

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
from harness.processes import (
    RunningServer,
    ServerNotReady,
    find_free_port,
    make_clean_environment,
    running,
    wait_until,
)

SERVICE = "celery_service"
BROKER_DATABASE = 0
RESULT_DATABASE = 1
QUEUE = "celery"
UNACKNOWLEDGED = "unacked"
RESULTS = "celery-task-meta-*"


@dataclass(frozen=True, slots=True, kw_only=True)
class CeleryPeer:
    """A peer that is ready."""

    name: str
    client: TaskClient
    process_ids: list[int]
    broker: redis.Redis
    results: redis.Redis
    start_program: Callable[[str, Sequence[str]], RunningServer]
    workers: list[RunningServer] = field(default_factory=list[RunningServer])

    def count_tasks(self) -> int:
        """Count the messages in the queue, or with a worker the results that were stored."""
        return self.count_painted() if self.workers else _as_int(self.broker.llen(QUEUE))

    def count_painted(self) -> int:
        """Count the results that were stored."""
        return _as_int(self.results.dbsize())

    def start_workers(self) -> None:
        """Start the Celery worker with its prefork processes."""
        self.workers.append(self.start_program("celery", _celery_command()))

    def list_end_times(self) -> Sequence[float]:
        """Give when each task ended, in seconds since 1970, as its stored result has it."""
        return [
            datetime.fromisoformat(each["date_done"]).timestamp() for each in self._list_results()
        ]

    def settle(self) -> None:
        """Wait until the worker, where there is one, has emptied the queue.

        Raises:
            QueueNotDrained: it took too long.
        """
        if not self.workers:
            time.sleep(0.2)
        elif not wait_until(self._is_drained, timeout_seconds=DRAIN_SECONDS):
            raise QueueNotDrained(f"{self.name}: tasks still wait after {DRAIN_SECONDS:g} s")

    def _is_drained(self) -> bool:
        return not _as_int(self.broker.llen(QUEUE)) + _as_int(self.broker.hlen(UNACKNOWLEDGED))

    def _list_results(self) -> Iterator[dict[str, Any]]:
        for key in self.results.scan_iter(RESULTS, count=1000):
            yield msgspec.json.decode(_as_bytes(self.results.get(key)))


@contextlib.contextmanager
def celery_peer(setup: PeerSetup) -> Generator[CeleryPeer]:
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
        temporary = tempfile.TemporaryDirectory(prefix="kaiga-bench-", ignore_cleanup_errors=True)
        folder = Path(stack.enter_context(temporary))
        started: list[int] = []

        def start(name: str, command: Sequence[str]) -> RunningServer:
            server = stack.enter_context(
                running(name, command, folder=folder, environment=environment)
            )
            started.append(server.process_id)
            return server

        redis_process = start("redis", _redis_command(redis_port))
        broker = stack.enter_context(redis.Redis(port=redis_port, db=BROKER_DATABASE))
        results = stack.enter_context(redis.Redis(port=redis_port, db=RESULT_DATABASE))
        _wait_for_redis(redis_process, broker)
        server = start("uvicorn", make_uvicorn_command(SERVICE, http_port, setup.processes))
        server.wait_until_ready(http_port, "/healthz")
        peer = CeleryPeer(
            name=setup.name,
            client=stack.enter_context(open_client(f"http://127.0.0.1:{http_port}", API_KEY)),
            process_ids=started,
            broker=broker,
            results=results,
            start_program=start,
        )
        if setup.worker:
            peer.start_workers()
            wait_for_worker(peer.workers[0], peer.client)
        yield peer


def _redis_command(port: int) -> Sequence[str]:
    command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port)]
    command += ["--appendonly", "yes", "--appendfsync", "everysec"]
    command += ["--save", "", "--auto-aof-rewrite-percentage", "0"]
    return command


def _celery_command() -> Sequence[str]:
    command = [sys.executable, "-m", "celery", "--workdir", str(SERVICE_FOLDER)]
    command += ["--app", f"{SERVICE}:celery", "worker", "--pool", "prefork"]
    command += ["--concurrency", str(WORKER_CONCURRENCY), "--loglevel", "warning"]
    return command


def _wait_for_redis(process: RunningServer, broker: redis.Redis) -> None:
    def answers() -> bool:
        if process.process.poll() is not None:
            raise ServerNotReady(f"redis: {process.get_last_words()}")
        try:
            broker.llen(QUEUE)
        except redis.ConnectionError:
            return False
        return True

    if not wait_until(answers, timeout_seconds=30.0):
        raise ServerNotReady(f"redis: {process.get_last_words()}")


def _as_int(answer: object) -> int:
    """Narrow a reply: the client's annotations also cover its asynchronous form."""
    if not isinstance(answer, int):
        raise TypeError(f"not a number: {answer!r}")
    return answer


def _as_bytes(answer: object) -> bytes:
    if not isinstance(answer, bytes):
        raise TypeError(f"not bytes: {answer!r}")
    return answer
