"""The written collection, run by the real newman against a running server."""

import json
from functools import partial
from pathlib import Path

import pytest

from clients.postman.newman import TASKS, Run, run_collection
from kaiga.cli.postman import make_postman_collection, make_postman_environment

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


@pytest.fixture
def run_newman(tmp_path: Path):
    return partial(run_collection, tmp_path)


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
