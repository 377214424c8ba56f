"""The written collection, run by the real newman against a running server."""

import io
import json
from base64 import b64encode
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from clients.postman.newman import FIRST, Run, choose, items_of, run_collection
from edition import HAS_SNAPSHOTS
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
RESULTS = [
    "List what was made",
    "Show it small",
    "Have it packed",
    "Have it kept for longer",
]
TOUR = {FIRST, "Edits, clips, messages", "Kaiga: results"}
"""Folders that are about tasks which end."""
OPENAI = "OpenAI's shapes"
FILE_SIDE = 640
PNG_HEAD = "data:image/png;base64,"


@pytest.fixture
def run_newman(tmp_path: Path):
    return partial(run_collection, tmp_path)


def only(collection: dict[str, Any], is_wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    """Keep some requests of each folder."""
    kept = [
        {**folder, "item": [item for item in folder["item"] if is_wanted(item)]}
        for folder in collection["item"]
    ]
    return {**collection, "item": kept}


def is_answered_at_once(item: dict[str, Any]) -> bool:
    if item["name"] == "Copy the database" and not HAS_SNAPSHOTS:
        return False
    return not waits_for_a_judgement(item)


def waits_for_a_judgement(item: dict[str, Any]) -> bool:
    return any("is judged" in line for event in item["event"] for line in event["script"]["exec"])


def make_picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (FILE_SIDE, FILE_SIDE), "teal").save(file, "PNG")
    return file.getvalue()


def test_newman_passes_the_tour_with_its_environment(server, run_newman):
    collection = choose(make_postman_collection(base_url=server.api_url), *TOUR)
    environment = make_postman_environment(base_url=server.api_url, api_key=server.key)

    run = run_newman(collection, environment)

    assert run.list_failures() == []
    assert run.exit_code == 0, run.output
    assert run.list_requests() == REQUESTS + RESULTS
    assert run.environment["taskId"]
    assert run.environment["resultUrl"].startswith("http")
    assert ".mp4" in run.environment["clipUrl"]
    assert run.shown["2. Poll until done"].startswith('<img src="http')
    assert run.shown["3. Download the result"].startswith('<img src="data:image/png;base64,')
    assert run.shown["11. Poll until it is filmed"].startswith('<video src="http')
    assert run.shown["12. Download the clip"].startswith('<video src="data:video/mp4;base64,')


def test_newman_passes_all_else_on_a_server_that_refuses_bad_orders(
    start_server, run_newman, tmp_path
):
    server = start_server({"KAIGA_WORKERS": "0", "KAIGA_VALIDATE": "submit"})
    collection = make_postman_collection(base_url=server.api_url)
    rest = [
        folder["name"] for folder in collection["item"] if folder["name"] not in TOUR | {OPENAI}
    ]
    collection = only(choose(collection, *rest), is_answered_at_once)
    (tmp_path / "picture.png").write_bytes(make_picture())
    (upload,) = (item for item in items_of(collection) if "Upload a file" in item["name"])
    upload["request"]["body"]["formdata"][-1]["src"] = "picture.png"
    environment = make_postman_environment(base_url=server.api_url, api_key=server.key)
    environment["values"] += [
        {"key": "resultUrl", "value": "https://example.invalid/picture.png", "enabled": True},
        {"key": "clipUrl", "value": "https://example.invalid/clip.mp4", "enabled": True},
    ]

    run = run_newman(collection, environment)

    assert run.list_failures() == []
    assert run.exit_code == 0, run.output
    assert run.list_requests() == [item["name"] for item in items_of(collection)]
    assert run.environment["uploadedUrl"].startswith("oss://")


def test_newman_passes_what_is_asked_in_openais_shapes(server, run_newman):
    collection = choose(make_postman_collection(base_url=server.api_url), OPENAI)
    environment = make_postman_environment(base_url=server.api_url, api_key=server.key)

    run = run_newman(collection, environment)

    assert run.list_failures() == []
    assert run.exit_code == 0, run.output
    assert run.list_requests() == [item["name"] for item in items_of(collection)]
    shown = run.shown["OpenAI: download the clip"]
    assert shown.startswith('<video src="data:video/mp4;base64,')


def test_newman_passes_what_is_judged_in_its_call(server, run_newman):
    collection = choose(make_postman_collection(base_url=server.api_url), "Every other operation")
    collection = only(collection, waits_for_a_judgement)
    environment = make_postman_environment(base_url=server.api_url, api_key=server.key)
    picture = PNG_HEAD + b64encode(make_picture()).decode()
    environment["values"].append({"key": "resultUrl", "value": picture, "enabled": True})

    run = run_newman(collection, environment)

    assert run.list_failures() == []
    assert len(run.executions) == 3


def test_newman_passes_the_collection_alone_once_its_key_is_filled_in(server, run_newman):
    collection = make_postman_collection(base_url=server.api_url)
    collection = choose(collection, FIRST)
    for variable in collection["variable"]:
        if variable["key"] == "apiKey":
            variable["value"] = server.key

    run = run_newman(collection, None)

    assert run.list_failures() == []
    assert run.exit_code == 0, run.output
    assert run.list_requests() == REQUESTS[:7]


def test_newman_passes_a_prompt_with_quotation_marks_and_line_breaks(server, run_newman):
    prompt = 'A shop sign that reads "花店 \\ Flowers",\nin {braces}'
    collection = make_postman_collection(base_url=server.api_url)
    collection = choose(collection, FIRST)
    environment = make_postman_environment(
        base_url=server.api_url, api_key=server.key, prompt=prompt
    )

    run = run_newman(collection, environment)

    assert run.list_failures() == []
    assert read_first_prompt(run) == prompt


def test_newman_reports_a_wrong_key(server, run_newman):
    collection = make_postman_collection(base_url=server.api_url)
    collection = choose(collection, FIRST)
    environment = make_postman_environment(base_url=server.api_url, api_key="sk-wrong")

    run = run_newman(collection, environment)

    assert run.exit_code == 1
    assert any("the task is accepted" in failure for failure in run.list_failures())


def test_newman_reports_a_task_that_failed(server, run_newman):
    collection = make_postman_collection(base_url=server.api_url)
    collection = choose(collection, FIRST)
    environment = make_postman_environment(
        base_url=server.api_url, api_key=server.key, size="100*100"
    )

    run = run_newman(collection, environment)

    assert run.exit_code == 1
    assert any("the task has succeeded" in failure for failure in run.list_failures())


def test_newman_cancels_a_task_that_waits(idle_server, run_newman):
    collection = make_postman_collection(base_url=idle_server.api_url)
    (tour,) = choose(collection, FIRST)["item"]
    collection["item"] = tour["item"][4:6]
    environment = make_postman_environment(base_url=idle_server.api_url, api_key=idle_server.key)

    run = run_newman(collection, environment)

    assert run.list_failures() == []
    assert run.executions[-1]["response"]["code"] == 200


def read_first_prompt(run: Run) -> str:
    """Read what was sent first; newman's report holds the body as text."""
    return json.loads(run.executions[0]["request"]["body"]["raw"])["input"]["prompt"]
