"""A server that stands still while another takes its place: its late write changes nothing."""

import os
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing

import httpx
import pytest

from crash.processes import child_processes
from running import RunningKaiga, wait_until

pytestmark = pytest.mark.sqlite("a second server has to share the data folder")


StartServer = Callable[..., RunningKaiga]
SETTINGS = {
    "KAIGA_SKETCH_SECONDS": "1",
    "KAIGA_LEASE_SECONDS": "1",
    "KAIGA_SWEEP_SECONDS": "1",
    "KAIGA_SWEEP_MARGIN_SECONDS": "1",
}


def read(running: RunningKaiga, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(running.data / "kaiga.db")) as connection:
        return connection.execute(query).fetchall()


def list_stored(running: RunningKaiga) -> list[str]:
    root = running.data / "objects"
    return [str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()]


def freeze(running: RunningKaiga, task_id: str) -> None:
    """Stop a server whose engine works on the task, with the database in nobody's hands."""
    with running.client() as client:
        wait_until(
            lambda: client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "RUNNING",
            "the task runs",
        )
    wait_until(lambda: bool(child_processes(running.process_id)), "an engine is at work")
    with closing(sqlite3.connect(running.data / "kaiga.db", isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        os.kill(running.process_id, signal.SIGSTOP)
        connection.execute("ROLLBACK")


def test_the_late_write_of_a_worker_whose_task_was_given_away_is_refused(
    start_server: StartServer,
) -> None:
    first = start_server(SETTINGS)
    with first.client() as client:
        task_id = first.submit(client)
    freeze(first, task_id)
    (first.data / "kaiga.db.lock").unlink()  # what alone keeps a second server out
    second = start_server(SETTINGS)
    with second.client() as client:
        ended = second.wait_for_end(client, task_id)
        before = read(second, "SELECT * FROM tasks, results, usage_ledger, outbox, attempts")

        os.kill(first.process_id, signal.SIGCONT)
        wait_until(lambda: "lease lost" in first.log(), "the first server's write is refused")

        assert second.wait_for_end(client, task_id)["output"] == ended["output"]
    assert read(second, "SELECT * FROM tasks, results, usage_ledger, outbox, attempts") == before
    attempts = read(second, "SELECT attempt, cause FROM attempts ORDER BY attempt")
    assert attempts == [(1, "worker_lost"), (2, None)]
    wait_until(lambda: len(list_stored(second)) == 1, "the sweep has removed the late picture")
    assert list_stored(second)[0].split("/")[-2] == "2"
    assert httpx.get(ended["output"]["results"][0]["url"]).content[:4] == b"\x89PNG"
