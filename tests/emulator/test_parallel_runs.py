"""Two runs of tests at the same time, of 8 processes each, over one emulator."""

import os
import subprocess
import sys
from pathlib import Path

from running import RunningKaiga

RUNS, PROCESSES = 2, 8
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "xdist", "-p", "kaiga")
TESTS = """
import httpx
import pytest

COUNT = 4
pytestmark = pytest.mark.parametrize("process", range(8))

@pytest.fixture
def api(kaiga_server):
    headers = {"Authorization": f"Bearer {kaiga_server.key}", "X-DashScope-Async": "enable"}
    with httpx.Client(base_url=kaiga_server.base_url, headers=headers, trust_env=False) as client:
        yield client

def create(api):
    body = {"model": "wan2.5-t2i-preview", "input": {"prompt": "a cat"}}
    return api.post("/services/aigc/text2image/image-synthesis", json=body)

def test_a_fault_meets_its_own_account(kaiga_server, api, process):
    kaiga_server.fault("throttled", nth=2)
    assert [create(api).status_code for _ in range(COUNT)] == [200, 429, 200, 200]

def test_others_have_none(kaiga_server, api, process):
    assert [create(api).status_code for _ in range(COUNT)] == [200] * COUNT
    assert len(kaiga_server.requests()) == COUNT
    assert len(kaiga_server.tasks()) == COUNT

def test_time_stands_still_for_its_own_account(kaiga_server, api, process):
    kaiga_server.pace(running_seconds=10)
    kaiga_server.freeze()
    tasks = [create(api).json()["output"]["task_id"] for _ in range(COUNT)]
    before = {status_of(api, task) for task in tasks}
    kaiga_server.advance(seconds=30)
    assert "SUCCEEDED" not in before
    assert {status_of(api, task) for task in tasks} == {"SUCCEEDED"}

def test_a_reset_forgets_what_is_its_own(kaiga_server, api, process):
    task = create(api).json()["output"]["task_id"]
    kaiga_server.reset()
    assert status_of(api, task) == "UNKNOWN"
    assert kaiga_server.tasks() == []

def status_of(api, task):
    return api.get(f"/tasks/{task}").json()["output"]["task_status"]
"""


def test_two_runs_of_eight_processes_do_not_disturb_each_other(
    tmp_path: Path, emulator: RunningKaiga
):
    (tmp_path / "test_mine.py").write_text(TESTS)
    settings = {"KAIGA_EMULATOR_URL": emulator.base_url, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}

    runs = [
        subprocess.Popen(
            [*PYTEST, "-n", str(PROCESSES), "-p", "no:cacheprovider"],
            cwd=tmp_path,
            env=os.environ | settings,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(RUNS)
    ]
    told = [run.communicate(timeout=100)[0] for run in runs]

    failed = [text for text in told if f"{4 * PROCESSES} passed" not in text]
    assert failed == [], failed[0]
