"""`/v1/images` as its bytes are: what is answered, what is refused, and the task behind a call."""

import base64
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from http_calls import RawConnection

from running import MODEL, RunningKaiga, wait_until

GENERATIONS, EDITS = "/v1/images/generations", "/v1/images/edits"
PNG = b"\x89PNG\r\n\x1a\n"
PART = b'--x\r\nContent-Disposition: form-data; name="prompt"\r\n\r\na\r\n'
FULL_FORM = PART * 300 + b"--x--\r\n"
SMALL = {"size": "768x768", "prompt_extend": False}


@pytest.fixture(scope="module")
def caller(server: RunningKaiga, painter: httpx.Client) -> Iterator[httpx.Client]:
    """A client of the server that paints, below no path."""
    with httpx.Client(base_url=server.base_url, headers=painter.headers, timeout=30) as client:
        yield client


@pytest.fixture(scope="module")
def idle(idle_server: RunningKaiga, client: httpx.Client) -> Iterator[httpx.Client]:
    """A client of the server on which nothing is ever made, below no path."""
    with httpx.Client(base_url=idle_server.base_url, headers=client.headers, timeout=30) as idle:
        yield idle


def make(client: httpx.Client, **members: object) -> httpx.Response:
    return client.post(
        GENERATIONS, json={"model": MODEL, "prompt": "a red kite", **SMALL, **members}
    )


def refusal_of(response: httpx.Response) -> dict[str, Any]:
    """Give the error of an answer that must be one in OpenAI's shape."""
    assert response.headers["content-type"] == "application/json"
    assert response.json().keys() == {"error"}
    error = response.json()["error"]
    assert error.keys() == {"message", "type", "param", "code"}
    return error


def test_a_picture_comes_as_base64_and_names_its_task(caller: httpx.Client):
    answer = make(caller)

    told = answer.json()
    [picture] = told.pop("data")
    assert answer.status_code == 200
    assert base64.b64decode(picture.pop("b64_json")).startswith(PNG)
    assert picture == {}
    assert told.pop("created") > 1_700_000_000
    assert told == {
        "background": "opaque",
        "output_format": "png",
        "quality": "auto",
        "size": "768x768",
    }
    task = caller.get(f"/api/v1/tasks/{answer.headers['x-kaiga-task-id']}").json()
    assert task["output"]["task_status"] == "SUCCEEDED"


def test_its_request_is_an_order_like_any_other(caller: httpx.Client):
    task_id = make(caller, seed=7, n=2).headers["x-kaiga-task-id"]

    order = caller.get(f"/kaiga/v1/tasks/{task_id}/request").json()

    assert order == {
        "model": MODEL,
        "input": {"prompt": "a red kite"},
        "parameters": {"size": "768*768", "n": 2, "seed": 7, "prompt_extend": False},
    }


def test_a_picture_may_come_as_a_link_with_the_prompt_that_it_was_made_of(caller: httpx.Client):
    [picture] = make(caller, response_format="url", prompt_extend=True).json()["data"]

    assert picture.keys() == {"url", "revised_prompt"}
    assert picture["revised_prompt"].startswith("a red kite")
    assert httpx.get(picture["url"]).content.startswith(PNG)


def test_a_picture_may_be_edited_by_its_address(caller: httpx.Client):
    [first] = make(caller, response_format="url").json()["data"]
    wanted = {"model": "wan2.5-i2i-preview", "prompt": "make it night"}

    answer = caller.post(EDITS, json={**wanted, "images": [{"image_url": first["url"]}]})

    assert base64.b64decode(answer.json()["data"][0]["b64_json"]).startswith(PNG)


def test_a_file_of_a_form_is_kept_out_of_the_recorded_order(caller: httpx.Client):
    picture = base64.b64decode(make(caller).json()["data"][0]["b64_json"])
    form = {"model": "wan2.5-i2i-preview", "prompt": "make it night", "n": "2"}

    answer = caller.post(EDITS, data=form, files={"image[]": ("a.png", picture)})

    task_id = answer.headers["x-kaiga-task-id"]
    assert len(answer.json()["data"]) == 2
    [named] = caller.get(f"/kaiga/v1/tasks/{task_id}/request").json()["input"]["images"]
    assert named.startswith("kaiga-object:")


def test_a_task_that_fails_is_told_as_an_error_that_names_it(caller: httpx.Client):
    wanted = {"model": "wan2.5-i2i-preview", "prompt": "x", "image": "http://127.0.0.1:9/a.png"}

    answer = caller.post(EDITS, json=wanted)

    assert answer.status_code == 400
    assert refusal_of(answer)["type"] == "invalid_request_error"
    task = caller.get(f"/api/v1/tasks/{answer.headers['x-kaiga-task-id']}").json()
    assert task["output"]["task_status"] == "FAILED"
    assert refusal_of(answer)["code"] == task["output"]["code"]
    assert refusal_of(answer)["message"] == task["output"]["message"]


def test_a_stream_ends_with_the_finished_picture(caller: httpx.Client):
    wanted = {"model": MODEL, "prompt": "a red kite", **SMALL, "stream": True}

    with caller.stream("POST", GENERATIONS, json=wanted) as answer:
        text = answer.read().decode()

    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["x-kaiga-task-id"]
    assert text.count("event: image_generation.completed\n") == 1


def test_a_client_that_leaves_loses_only_its_answer(idle_server: RunningKaiga, idle: httpx.Client):
    def find_states() -> list[str]:
        found = idle.get("/kaiga/v1/tasks").json()["tasks"]
        return [each["status"] for each in found if each["prompt"] == "a cut-off kite"]

    body = b'{"model":"%b","prompt":"a cut-off kite"}' % MODEL.encode()
    with RawConnection(idle_server) as connection:
        length = {"Content-Length": str(len(body))}
        connection.begin(length, f"POST {GENERATIONS} HTTP/1.1")
        connection.send(body)
        wait_until(find_states, "the task is there")

    assert idle.get("/v1/models").status_code == 200
    assert find_states() == ["PENDING"]


@pytest.mark.parametrize(
    ("changes", "parameter", "told"),
    [
        ({"size": "10x10"}, "size", "size must be auto, or WIDTHxHEIGHT"),
        ({"size": "huge"}, "size", "Got 'huge'"),
        ({"size": 1024}, "size", "size must be a string"),
        ({"n": 9}, "n", "n must be 1 to 4"),
        ({"n": 0}, "n", "n must be a whole number from 1"),
        ({"n": "many"}, "n", "n must be a whole number from 1"),
        ({"prompt": None}, "prompt", "prompt must be given"),
        ({"prompt": ["a"]}, "prompt", "prompt must be a string"),
        ({"model": None}, "model", "model must name a model"),
        ({"model": "wan2.6-t2v"}, "model", "It is called at /v1/videos"),
        ({"model": "wan2.5-i2i-preview"}, "model", "needs a picture"),
        ({"response_format": "xml"}, "response_format", "must be b64_json or url"),
        ({"output_format": "webp"}, "output_format", "must be png"),
        ({"output_compression": 50}, "output_compression", "must be 100"),
        ({"quality": "high"}, "quality", "must be auto or standard"),
        ({"background": "transparent"}, "background", "must be auto or opaque"),
        ({"stream": "perhaps"}, "stream", "must be true or false"),
        ({"partial_images": 2}, "partial_images", "needs stream"),
        ({"stream": True, "partial_images": 9}, "partial_images", "must be 0 to 3"),
        ({"stream": True, "response_format": "url"}, "response_format", "b64_json in a stream"),
        ({"num_inference_steps": 9}, "num_inference_steps", "Unknown parameter"),
        ({"seed": -1}, "seed", "Range of seed should be"),
    ],
)
def test_what_is_not_taken_is_named_with_what_is(
    idle: httpx.Client, changes: dict[str, object], parameter: str, told: str
):
    answer = make(idle, **changes)

    error = refusal_of(answer)
    assert answer.status_code == 400
    assert error["type"] == "invalid_request_error"
    assert error["param"] == parameter
    assert told in error["message"]
    assert "x-kaiga-task-id" not in answer.headers


def test_words_that_clients_write_out_though_they_change_nothing_are_let_in(caller: httpx.Client):
    words = {"quality": "standard", "style": "vivid", "background": "auto", "moderation": "auto"}

    assert make(caller, user="someone", output_format="png", **words).status_code == 200


def test_an_unknown_model_is_not_found(idle: httpx.Client):
    answer = make(idle, model="dall-e-3")

    assert answer.status_code == 404
    error = refusal_of(answer)
    assert (error["code"], error["param"]) == ("model_not_found", "model")
    assert '"dall-e-3" = "MODEL"' in error["message"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"[", "application/json"),
        (b"[]", "application/json"),
        (b"\xff", "application/json"),
        (b'{"a":' + b"[" * 5000, "application/json"),
        (b"no form", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n", "multipart/form-data; boundary=x"),
        (b"", "multipart/form-data"),
        (FULL_FORM, "multipart/form-data; boundary=x"),
    ],
    ids=range(8),
)
def test_a_body_that_cannot_be_read_is_refused(idle: httpx.Client, body: bytes, kind: str):
    answer = idle.post(EDITS, content=body, headers={"content-type": kind})

    assert answer.status_code == 400
    assert refusal_of(answer)["type"] == "invalid_request_error"


def test_an_edit_without_a_picture_is_refused(idle: httpx.Client):
    answer = idle.post(EDITS, data={"prompt": "x"}, files={"mask": ("a.png", PNG)})

    assert refusal_of(answer)["param"] == "image"


def test_a_picture_that_is_no_file_is_refused(idle: httpx.Client):
    answer = idle.post(EDITS, data={"prompt": "x"}, files={"image": ("a.png", b"\xff\xfe")})

    assert refusal_of(answer)["param"] == "image"
    assert "must be a picture" in refusal_of(answer)["message"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/v1/nothing", 404), ("GET", GENERATIONS, 400), ("POST", "/v1/embeddings", 404)],
)
def test_a_path_that_is_not_there_is_told_in_the_same_shape(
    idle: httpx.Client, method: str, path: str, status: int
):
    answer = idle.request(method, path)

    assert answer.status_code == status
    assert refusal_of(answer)["message"]


def test_nobody_is_let_in_without_a_key(idle_server: RunningKaiga):
    answer = httpx.post(f"{idle_server.base_url}{GENERATIONS}", json={"prompt": "x"})

    assert answer.status_code == 401
    assert refusal_of(answer)["code"] == "invalid_api_key"
