"""Killed while inputs are in use, and while somebody waits for the answer."""

from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from crash.processes import child_processes, kill
from running import OWN_MODELS, RunningKaiga, wait_until
from service.collecting import RED

StartServer = Callable[..., RunningKaiga]

# Slow enough to be killed at work; swept all the time, so that nothing unnamed would stay.
SLOW = {
    "KAIGA_CATALOGUE": str(OWN_MODELS),
    "KAIGA_WORKERS": "1",
    "KAIGA_SKETCH_SECONDS": "3",
    "KAIGA_LEASE_SECONDS": "1",
    "KAIGA_SWEEP_MARGIN_SECONDS": "0",
    "KAIGA_SWEEP_SECONDS": "1",
}
PICTURE = "/services/aigc/tests/picture"
ORDER = {"model": "test-picture", "input": {"prompt": "a cat that is waited for"}}
STREAM = {"X-DashScope-SSE": "enable"}


def list_statuses(client: httpx.Client) -> list[str]:
    return [row["status"] for row in client.get("/tasks").json()["data"]]


def wait_until_one_runs(client: httpx.Client) -> None:
    wait_until(lambda: list_statuses(client) == ["RUNNING"], "the task runs")


def find_inputs(running: RunningKaiga) -> list[Path]:
    return [path for path in (running.data / "inputs").rglob("*") if path.is_file()]


def test_a_task_with_inputs_is_run_again_and_the_files_of_the_killed_try_are_gone(
    start_server: StartServer,
) -> None:
    running = start_server(SLOW)
    picture = f"data:image/png;base64,{b64encode(RED).decode()}"
    order = {"model": "test-edit", "input": {"prompt": "a cat", "images": [picture]}}
    with running.client() as client:
        created = client.post(
            "/services/aigc/tests/edit", json=order, headers={"X-DashScope-Async": "enable"}
        )
        wait_until(lambda: find_inputs(running), "the input is at hand")

        running.kill()

    left = find_inputs(running)
    running.start()
    with running.client() as client:
        ended = running.wait_for_end(client, created.json()["output"]["task_id"])

    assert left
    assert ended["output"]["task_status"] == "SUCCEEDED"
    assert find_inputs(running) == []


@pytest.mark.parametrize("headers", [{}, STREAM], ids=["whole", "stream"])
def test_a_task_that_was_waited_for_ends_after_a_kill_and_the_list_shows_it(
    start_server: StartServer, headers: dict[str, str]
) -> None:
    running = start_server(SLOW)
    with ThreadPoolExecutor(1) as pool:
        waiting = begin_waiting(pool, running, headers)
        with running.client() as client:
            wait_until_one_runs(client)

            running.kill()

        with pytest.raises(httpx.TransportError):
            waiting.result()
    running.start()
    with running.client() as client:
        [row] = client.get("/tasks").json()["data"]
        ended = running.wait_for_end(client, row["task_id"])

        assert ended["output"]["results"][0]["orig_prompt"] == "a cat that is waited for"
        assert list_statuses(client) == ["SUCCEEDED"]


def test_who_waits_is_answered_by_the_second_try_where_the_first_engine_is_killed(
    start_server: StartServer,
) -> None:
    running = start_server({**SLOW, "KAIGA_SKETCH_SECONDS": "1"})
    with ThreadPoolExecutor(1) as pool, running.client() as client:
        waiting = begin_waiting(pool, running, {})
        wait_until_one_runs(client)
        wait_until(lambda: child_processes(running.process_id), "the engine is at work")

        kill(child_processes(running.process_id)[0])
        answer = waiting.result()

    assert answer.status_code == 200
    assert answer.json()["output"]["task_metrics"] == {"TOTAL": 1, "SUCCEEDED": 1, "FAILED": 0}


def begin_waiting(
    pool: ThreadPoolExecutor, running: RunningKaiga, headers: dict[str, str]
) -> "Future[httpx.Response]":
    def call() -> httpx.Response:
        with running.client() as client:
            return client.post(PICTURE, json=ORDER, headers=headers)

    return pool.submit(call)
