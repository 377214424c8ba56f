"""A wall clock that jumps by two days: leases do not care, retention and links follow it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from chaos.disturbances import TWO_DAYS_SECONDS, shift_clock
from running import RunningKaiga, wait_until

PROGRAM = (sys.executable, str(Path(__file__).with_name("shifted_server.py")))


@pytest.fixture
def clock(tmp_path: Path) -> Path:
    file = tmp_path / "clock"
    shift_clock(file, 0)
    return file


@pytest.fixture
def running(tmp_path: Path, clock: Path) -> Iterator[RunningKaiga]:
    settings = {
        "CHAOS_CLOCK": str(clock),
        "KAIGA_LEASE_SECONDS": "0.5",
        "KAIGA_SKETCH_SECONDS": "1.5",
        "KAIGA_WORKERS": "2",
    }
    server = RunningKaiga(tmp_path / "data", settings, PROGRAM)
    yield server.start()
    server.stop()


def submit_and_see_run(running: RunningKaiga, client: httpx.Client) -> str:
    task_id = running.submit(client)

    def is_running() -> bool:
        return client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "RUNNING"

    wait_until(is_running, "the task runs")
    return task_id


def test_a_jump_of_the_clock_ends_no_lease_and_ages_only_what_has_ended(
    running: RunningKaiga, clock: Path
) -> None:
    with running.client() as client:
        old = running.wait_for_end(client, running.submit(client))["output"]
        for seconds in (-TWO_DAYS_SECONDS, TWO_DAYS_SECONDS):
            under_way = submit_and_see_run(running, client)
            shift_clock(clock, seconds)

            ended = running.wait_for_end(client, under_way)["output"]

            assert ended["task_status"] == "SUCCEEDED"
            assert httpx.get(ended["results"][0]["url"]).status_code == 200
            attempts = "SELECT attempt, cause FROM attempts WHERE task_id = ?"
            assert running.select(attempts, under_way) == [(1, None)]
        aged = client.get(f"/tasks/{old['task_id']}").json()["output"]

    assert aged["task_status"] == "UNKNOWN"
    assert httpx.get(old["results"][0]["url"]).status_code == 403
    assert "Traceback" not in running.log()
