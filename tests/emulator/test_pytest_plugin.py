"""The pytest plugin, as a project that only installs Kaiga meets it: tests of tests."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from kaiga.testing import EmulatorProcess, NotStarted
from running import RunningKaiga, wait_until

SHARED = """
import httpx, pytest

seen = []

@pytest.fixture
def api(kaiga_server):
    headers = {"Authorization": f"Bearer {kaiga_server.key}", "X-DashScope-Async": "enable"}
    with httpx.Client(base_url=kaiga_server.base_url, headers=headers, trust_env=False) as client:
        yield client

def create(api):
    body = {"model": "wan2.5-t2i-preview", "input": {"prompt": "a cat"}}
    answer = api.post("/services/aigc/text2image/image-synthesis", json=body)
    return answer.json()["output"]["task_id"]

def status_of(api, task_id):
    return api.get(f"/tasks/{task_id}").json()["output"]["task_status"]
"""


class Project:
    """A folder with tests, and what pytest says of it, in a process of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.write("pytest.ini", "[pytest]\nfilterwarnings = error\n")

    def write(self, name: str, text: str) -> None:
        file = self._folder / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)

    def start(self, **settings: str) -> subprocess.Popen[str]:
        kept = {name: text for name, text in os.environ.items() if not name.startswith("KAIGA_")}
        return subprocess.Popen(
            [sys.executable, "-m", "pytest", "-q", "-p", "kaiga", "-p", "no:cacheprovider"],
            cwd=self._folder,
            env={**kept, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **settings},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def test(self, **settings: str) -> str:
        with self.start(**settings) as process:
            told, _ = process.communicate(timeout=60)
        assert process.returncode == 0, told
        return told


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_tests_share_a_server_and_see_nothing_of_each_other(project: Project):
    project.write(
        "test_two.py",
        SHARED
        + """
def test_first(kaiga_server, api):
    seen.append((kaiga_server.url, kaiga_server.key, create(api)))
    kaiga_server.freeze()

def test_second(kaiga_server, api):
    url, key, task_id = seen[0]
    assert kaiga_server.url == url
    assert kaiga_server.key != key
    assert status_of(api, task_id) == "UNKNOWN"
    assert kaiga_server.clock()["frozen"] is False

def test_third(kaiga_server, api):
    assert status_of(api, create(api)) != "UNKNOWN"
    assert kaiga_server.env() == {
        "DASHSCOPE_API_KEY": kaiga_server.key,
        "DASHSCOPE_HTTP_BASE_URL": f"{kaiga_server.url}/api/v1",
    }
""",
    )

    assert "3 passed" in project.test()


def test_an_emulator_that_runs_already_is_taken_instead(project: Project, emulator: RunningKaiga):
    project.write(
        "test_given.py",
        f"def test_it(kaiga_server):\n    assert kaiga_server.url == {emulator.base_url!r}\n",
    )

    assert "1 passed" in project.test(KAIGA_EMULATOR_URL=emulator.base_url)


def test_tests_begin_with_the_pace_and_the_faults_of_the_configuration(
    project: Project, emulator: RunningKaiga
):
    project.write(
        "pytest.ini",
        """
[pytest]
kaiga_pace = 20+40
kaiga_faults =
    moderation
    plans/mine.toml
""",
    )
    project.write("plans/mine.toml", "[[faults]]\nkind = 'lost-task'\nevery = 4\n")
    project.write(
        "test_configured.py",
        """
def test_it(kaiga_server):
    pace = kaiga_server.get_pace()["default"]
    kinds = [fault["kind"] for fault in kaiga_server.faults()]
    assert (pace["pending_seconds"], pace["running_seconds"]) == (20, 40)
    assert kinds[0] == "create-inspection"
    assert kinds[-1] == "lost-task"
""",
    )

    assert "1 passed" in project.test(KAIGA_EMULATOR_URL=emulator.base_url)


def test_the_server_ends_with_tests_that_are_killed(project: Project, tmp_path: Path):
    project.write(
        "test_killed.py",
        """
import os, pathlib, signal

def test_it(kaiga_server):
    pathlib.Path("url").write_text(kaiga_server.url)
    os.kill(os.getpid(), signal.SIGKILL)
""",
    )

    with project.start() as process:
        process.communicate(timeout=60)

    wait_until(lambda: not answers((tmp_path / "url").read_text()), "the server is gone")


def test_a_run_of_pytest_without_the_fixture_imports_nothing_for_it(project: Project):
    project.write(
        "test_unused.py",
        """
import sys

def test_it():
    ours = {name for name in sys.modules if name.split(".")[0] == "kaiga"}
    assert ours == {"kaiga", "kaiga.testing", "kaiga.testing.pytest_plugin"}
    assert "httpx" not in sys.modules
""",
    )

    assert "1 passed" in project.test()


def test_an_emulator_that_does_not_start_says_why():
    emulator = EmulatorProcess({**os.environ, "KAIGA_REGION": "No Such Region"})

    with pytest.raises(NotStarted, match="KAIGA_REGION"), emulator:
        pass


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz").is_success
    except httpx.HTTPError:
        return False
