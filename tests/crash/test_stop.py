"""Running tasks stopped, frozen and forgotten in the queue, with real processes."""

import os
import signal
from collections.abc import Callable

import edition
from crash.processes import child_processes, is_alive
from crash.test_kill import (
    SLOW,
    SWEEPING,
    stored_files,
    wait_for_child,
    wait_until_running,
)
from running import RunningKaiga, wait_until

StartServer = Callable[..., RunningKaiga]

ONE_WORKER = {**SLOW, "KAIGA_WORKERS": "1"}


def test_a_running_task_is_canceled_at_its_next_step_and_what_it_had_made_is_swept(
    start_server: StartServer,
) -> None:
    running = start_server({**ONE_WORKER, **SWEEPING, "KAIGA_SKETCH_SECONDS": "8"})
    with running.client() as client:
        task_id = running.submit(client, n=4)
        own = f"{running.base_url}/kaiga/v1/tasks/{task_id}"
        wait_until(lambda: stored_files(running), "the first picture is stored")
        child = wait_for_child(running)
        before = client.get(own).json()
        refused = client.post(f"/tasks/{task_id}/cancel")

        asked = client.post(f"{own}/cancel").json()
        shown = client.get(own).json()
        ended = running.wait_for_end(client, task_id)
        after = client.get(own).json()
        again = client.post(f"{own}/cancel")

    assert (before["status"], before["phase"]) == ("RUNNING", "generate")
    assert 0 < before["progress"]["step"] < before["progress"]["steps"]
    assert refused.json()["code"] == "UnsupportedOperation"
    assert (asked["status"], asked["phase"]) == ("RUNNING", "canceling")
    assert shown["phase"] in {"canceling", None}
    assert ended["output"]["task_status"] == "CANCELED"
    assert ended["output"]["end_time"] >= ended["output"]["scheduled_time"]
    assert "results" not in ended["output"]
    assert "usage" not in ended
    assert (after["status"], after["phase"]) == ("CANCELED", None)
    assert [attempt["cause"] for attempt in after["attempts"]] == [None]
    assert (again.status_code, again.json()["code"]) == (400, "UnsupportedOperation")
    assert is_alive(child)
    wait_until(lambda: not stored_files(running), "the picture is swept")


def test_a_server_killed_after_the_request_does_not_run_the_task_again(
    start_server: StartServer,
) -> None:
    running = start_server({**ONE_WORKER, "KAIGA_SKETCH_SECONDS": "600"})
    with running.client() as client:
        task_id = running.submit(client)
        wait_until_running(client, task_id)
        wait_for_child(running)
        client.post(f"{running.base_url}/kaiga/v1/tasks/{task_id}/cancel").raise_for_status()
        running.kill()

    running.start()
    with running.client() as client:
        first_look = client.get(f"/tasks/{task_id}").json()["output"]
        ended = running.wait_for_end(client, task_id)["output"]

    assert ended["task_status"] == "CANCELED"
    # On a shared store only the lapse of its lease tells that its worker is gone.
    assert first_look["task_status"] == "CANCELED" or not edition.IS_USUAL
    assert running.select("SELECT attempt, cause FROM attempts") == [(1, "worker_lost")]
    assert child_processes(running.process_id) == []


def test_a_frozen_engine_is_killed_and_its_task_is_painted_by_the_next_one(
    start_server: StartServer,
) -> None:
    running = start_server(
        {**ONE_WORKER, "KAIGA_SKETCH_SECONDS": "1", "KAIGA_STEP_TIMEOUT_SECONDS": "5"}
    )
    with running.client() as client:
        task_id = running.submit(client)
        child = wait_for_child(running)
        os.kill(child, signal.SIGSTOP)

        ended = running.wait_for_end(client, task_id)

    assert ended["output"]["task_status"] == "SUCCEEDED"
    assert not is_alive(child)
    assert running.select("SELECT attempt, cause FROM attempts ORDER BY attempt") == [
        (1, "engine_hung"),
        (2, None),
    ]


def test_a_task_whose_turn_does_not_come_in_time_fails_and_one_lost_worker_may_be_too_many(
    start_server: StartServer,
) -> None:
    running = start_server({**ONE_WORKER, "KAIGA_SKETCH_SECONDS": "600", "KAIGA_RETRIES": "0"})
    with running.client() as client:
        running_id, waiting_id = running.submit(client), running.submit(client)
        wait_until_running(client, running_id)
    running.kill()
    limits = {"KAIGA_QUEUE_TIMEOUT_SECONDS": "0.1", "KAIGA_HOUSEKEEPING_SECONDS": "0.2"}
    again = start_server({**limits, "KAIGA_WORKERS": "0", "KAIGA_RETRIES": "0"})

    with again.client() as client:
        lost = again.wait_for_end(client, running_id)["output"]
        overdue = again.wait_for_end(client, waiting_id)["output"]

    assert (lost["task_status"], lost["code"]) == ("FAILED", "InternalError")
    assert (overdue["task_status"], overdue["code"]) == ("FAILED", "InternalError.Timeout")
    assert "queue" in overdue["message"]
    assert "scheduled_time" not in overdue
