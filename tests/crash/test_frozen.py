"""A server that stands still while another takes its place: its late write changes nothing."""

import os
import signal
from collections.abc import Callable

import httpx

from crash.processes import child_processes
from running import RunningKaiga, wait_until

StartServer = Callable[..., RunningKaiga]
SETTINGS = {
    "KAIGA_SKETCH_SECONDS": "1",
    "KAIGA_LEASE_SECONDS": "1",
    "KAIGA_SWEEP_SECONDS": "1",
    "KAIGA_SWEEP_MARGIN_SECONDS": "1",
}


TABLES = ("tasks", "results", "usage_ledger", "attempts")


def read_all(running: RunningKaiga) -> list[tuple[object, ...]]:
    """Read all that the end of a task writes."""
    return [row for table in TABLES for row in running.select(f"SELECT * FROM {table}")]  # noqa: S608  ours


def freeze(running: RunningKaiga, task_id: str) -> None:
    """Stop a server whose engine works on the task, with the database in nobody's hands."""
    with running.client() as client:
        wait_until(
            lambda: client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "RUNNING",
            "the task runs",
        )
    wait_until(lambda: bool(child_processes(running.process_id)), "an engine is at work")
    with running.rows().held():
        os.kill(running.process_id, signal.SIGSTOP)


def test_the_late_write_of_a_worker_whose_task_was_given_away_is_refused(
    start_server: StartServer,
) -> None:
    first = start_server(SETTINGS)
    with first.client() as client:
        task_id = first.submit(client)
    freeze(first, task_id)
    (first.data / "kaiga.db.lock").unlink(
        missing_ok=True
    )  # what alone keeps a second server from a file
    second = start_server({**SETTINGS, **first.stores}, "second")
    with second.client() as client:
        ended = second.wait_for_end(client, task_id)
        before = read_all(second)

        os.kill(first.process_id, signal.SIGCONT)
        wait_until(lambda: "lease lost" in first.log(), "the first server's write is refused")

        assert second.wait_for_end(client, task_id)["output"] == ended["output"]
    assert read_all(second) == before
    attempts = second.select("SELECT attempt, cause FROM attempts ORDER BY attempt")
    assert attempts == [(1, "worker_lost"), (2, None)]
    wait_until(
        lambda: len(second.objects().list_keys()) == 1, "the sweep has removed the late picture"
    )
    [key] = second.objects().list_keys()
    assert key.split("/")[-2] == "2"
    assert httpx.get(ended["output"]["results"][0]["url"]).content[:4] == b"\x89PNG"
