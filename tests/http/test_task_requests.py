"""Finding tasks of any time, seeing what was asked, and asking it again."""

import base64
import io

import httpx
import pytest
from PIL import Image

from running import CREATE, MODEL, RunningKaiga

ASYNC = {"X-DashScope-Async": "enable"}
EDIT = "/services/aigc/image2image/image-synthesis"


def own(server: RunningKaiga, path: str) -> str:
    return f"{server.base_url}/kaiga/v1/tasks{path}"


def make_picture() -> str:
    file = io.BytesIO()
    Image.new("RGB", (512, 512), "teal").save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def find(server: RunningKaiga, client: httpx.Client, **wishes: object) -> httpx.Response:
    return client.get(own(server, ""), params=wishes)


def test_a_task_is_found_by_a_part_of_its_id(server: RunningKaiga, painter: httpx.Client):
    task = server.submit(painter, "a red fox")

    [row] = find(server, painter, id=task[5:].upper()).json()["tasks"]

    assert row["task_id"] == task
    assert row["model"] == MODEL
    assert row["prompt"] == "a red fox"


def test_a_list_is_walked_to_its_end_and_back(server: RunningKaiga, painter: httpx.Client):
    tasks = [server.submit(painter) for _ in range(3)][::-1]

    first = find(server, painter, limit=2).json()
    second = find(server, painter, limit=1, older_than=tasks[1]).json()
    back = find(server, painter, limit=2, newer_than=tasks[2]).json()

    assert [row["task_id"] for row in first["tasks"]] == tasks[:2]
    assert (first["older"], first["newer"]) == (tasks[1], None)
    assert [row["task_id"] for row in second["tasks"]] == tasks[2:]
    assert second["newer"] == tasks[2]
    assert [row["task_id"] for row in back["tasks"]] == tasks[:2]
    assert (back["older"], back["newer"]) == (tasks[1], None)


@pytest.mark.parametrize(
    "wishes",
    [
        {"status": "DONE"},
        {"limit": "0"},
        {"submitted_from": "yesterday"},
        {"submitted_before": "2026-05-02"},
        {"older_than": "yesterday"},
        {"newer_than": "\0"},
    ],
)
def test_what_can_not_be_looked_for_is_named(
    server: RunningKaiga, painter: httpx.Client, wishes: dict[str, str]
):
    answer = find(server, painter, **wishes)

    assert answer.status_code == 400
    assert next(iter(wishes)) in answer.json()["message"]


def test_a_request_is_shown_as_it_was_sent(server: RunningKaiga, painter: httpx.Client):
    body = b'{"model": "%b",  "input": {"prompt": "a cat"}, "of_mine": 1}' % MODEL.encode()
    created = painter.post(CREATE, content=body, headers=ASYNC).json()

    shown = painter.get(own(server, f"/{created['output']['task_id']}/request"))

    assert shown.content == body


def test_a_rerun_with_the_same_seed_makes_the_same_picture(
    server: RunningKaiga, painter: httpx.Client
):
    first = server.submit(painter, "a lighthouse")
    again = rerun(server, painter, first, "same")
    other = rerun(server, painter, first, "new")

    pictures = [read_picture(server, painter, task) for task in (first, again, other)]

    assert len({first, again, other}) == 3
    assert pictures[1] == pictures[0]
    assert pictures[2] != pictures[0]


def test_a_rerun_brings_its_pictures_with_it(server: RunningKaiga, painter: httpx.Client):
    picture = make_picture()
    order = {
        "model": "wan2.5-i2i-preview",
        "input": {"prompt": "at night", "images": [picture]},
        "parameters": {"n": 1},
    }
    created = painter.post(EDIT, json=order, headers=ASYNC).json()["output"]["task_id"]

    again = rerun(server, painter, created, "new")

    assert picture not in painter.get(own(server, f"/{again}/request")).text
    whole = painter.get(own(server, f"/{again}/request?media=inside")).json()
    assert whole["input"] == order["input"]
    assert painter.get(own(server, f"/{again}/request?media=all")).status_code == 400
    assert server.wait_for_end(painter, again)["output"]["task_status"] == "SUCCEEDED"


def test_an_attempt_tells_how_long_it_was_at_what(server: RunningKaiga, painter: httpx.Client):
    task = server.submit(painter)
    server.wait_for_end(painter, task)

    [attempt] = painter.get(own(server, f"/{task}")).json()["attempts"]

    assert {"inputs", "generate", "store"} <= attempt["phases"].keys()


@pytest.mark.parametrize("body", [b'{"seed": "other"}', b"[", b"[]"])
def test_a_rerun_takes_no_other_wish(server: RunningKaiga, painter: httpx.Client, body: bytes):
    task = server.submit(painter)

    assert painter.post(own(server, f"/{task}/rerun"), content=body).status_code == 400


@pytest.mark.parametrize(("method", "path"), [("GET", "request"), ("POST", "rerun")])
def test_there_is_no_request_of_no_task(
    server: RunningKaiga, painter: httpx.Client, method: str, path: str
):
    assert painter.request(method, own(server, f"/none/{path}")).status_code == 404


def rerun(server: RunningKaiga, client: httpx.Client, task: str, seed: str) -> str:
    answer = client.post(own(server, f"/{task}/rerun"), json={"seed": seed})
    assert answer.status_code == 200, answer.text
    return answer.json()["task_id"]


def read_picture(server: RunningKaiga, client: httpx.Client, task: str) -> bytes:
    """Give the pixels: a file also names its task."""
    ended = server.wait_for_end(client, task)
    content = client.get(ended["output"]["results"][0]["url"]).content
    return Image.open(io.BytesIO(content)).tobytes()
