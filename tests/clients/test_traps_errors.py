"""What breaks clients when they are refused (contract/clients.md, 1: traps 23 to 25, and 29)."""

import json
import re
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from clients.programs import SDKS, run_program
from clients.wire import ENABLE, MULTIMODAL, NOWHERE, STREAM, TEXT2IMAGE, create, order_picture, say
from running import RunningKaiga, wait_until

StartServer = Callable[[Mapping[str, str]], RunningKaiga]
BAD = {"model": "qwen-image", "input": say({"text": "a cat"}), "parameters": {"size": "1*1"}}

REFUSALS: dict[str, tuple[int, str, str, str, dict[str, Any]]] = {
    "a wrong key": (
        *(401, "InvalidApiKey", "GET", "/tasks"),
        {"headers": {"Authorization": "Bearer sk-wrong"}},
    ),
    "no model": (
        *(400, "BadRequest.EmptyModel", "POST", TEXT2IMAGE),
        {"json": {"input": {}}, "headers": ENABLE},
    ),
    "an unknown model": (
        *(400, "InvalidParameter", "POST", TEXT2IMAGE),
        {"json": order_picture(model="wan0.0-none"), "headers": ENABLE},
    ),
    "no JSON": (
        *(400, "InvalidParameter", "POST", TEXT2IMAGE),
        {"content": b"prompt=a cat", "headers": ENABLE},
    ),
    "a bad parameter at once": (400, "InvalidParameter", "POST", MULTIMODAL, {"json": BAD}),
    "a missing header": (403, "AccessDenied", "POST", TEXT2IMAGE, {"json": order_picture()}),
    "an unknown path": (404, "NotFound", "GET", "/nowhere", {}),
    "a wrong method": (400, "InvalidParameter", "GET", TEXT2IMAGE, {}),
    "a late cancel": (400, "UnsupportedOperation", "POST", f"/tasks/{NOWHERE}/cancel", {}),
    "a bad page": (400, "InvalidParameter", "GET", "/tasks?page_no=0", {}),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_every_error_is_flat_and_made_of_texts(idle: httpx.Client, name: str):
    """Trap 23: `detail` or a nested `error` become no code and no message in the SDK."""
    status, code, method, path, sent = REFUSALS[name]

    answer = idle.request(method, path, **sent)

    error = answer.json()
    assert error.keys() == {"code", "message", "request_id"}
    assert all(isinstance(value, str) and value for value in error.values())
    assert (answer.status_code, error["code"]) == (status, code)


class TestStreams:
    def test_an_error_in_a_stream_is_an_event_to_the_byte(self, idle: httpx.Client):
        """Trap 24: no space after the colon, and the status 200 all the same."""
        answer = idle.post(MULTIMODAL, json=BAD, headers=STREAM)

        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.text.split("\n")
        assert lines[:3] == ["id:1", "event:error", ":HTTP_STATUS/400"]
        assert lines[3].startswith("data:{")
        assert lines[4:] == ["", ""]

    @pytest.mark.parametrize("sdk", SDKS)
    def test_the_sdk_reads_the_error_in_a_stream(self, server: RunningKaiga, sdk: str):
        """Trap 24: with a space it misses the error and crashes."""
        told = run_program("streaming", server, sdk=sdk)

        [part] = told["parts"]
        assert part["http_status"] == 400
        assert part["code"] == "InvalidParameter"
        assert part["message"]

    @pytest.mark.parametrize(
        ("sent", "code"),
        [
            ({"json": BAD}, "InvalidParameter"),
            ({"json": {"model": "wan0.0-none"}}, "InvalidParameter"),
            ({"json": {}}, "BadRequest.EmptyModel"),
            ({"content": b"{"}, "InvalidParameter"),
        ],
    )
    def test_the_data_of_an_error_begin_with_its_code(
        self, idle: httpx.Client, sent: dict[str, Any], code: str
    ):
        """Trap 25: by these bytes .NET knows an error."""
        answer = idle.post(MULTIMODAL, headers=STREAM, **sent)

        found = re.search(r"^data:(.*)$", answer.text, re.MULTILINE)
        assert found is not None
        assert found[1].startswith('{"code":')
        assert json.loads(found[1])["code"] == code


@contextmanager
def half_sent_order(server: RunningKaiga) -> Iterator[None]:
    """Keep a call open of whose body of 200 kB most has been sent."""
    head = (
        f"POST /api/v1{TEXT2IMAGE} HTTP/1.1\r\nHost: kaiga.test\r\n"
        f"Authorization: Bearer {server.key}\r\nContent-Length: 200000\r\n\r\n"
    )
    host, port = server.base_url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(head.encode() + b" " * 150_000)
        yield


class TestHints:
    def test_every_answer_has_its_request_id_in_a_header(self, idle: httpx.Client):
        """Trap 29: the new client shows it where the body has none."""
        answers = [
            idle.post(TEXT2IMAGE, json=order_picture(), headers=ENABLE),
            idle.get(f"/tasks/{NOWHERE}"),
            idle.get("/tasks"),
            idle.get("/nowhere"),
        ]

        for answer in answers:
            assert answer.headers["x-request-id"] == answer.json()["request_id"]

    def test_an_overloaded_server_says_when_to_come_again(self, start_server: StartServer):
        """Trap 29: in whole seconds, within what the client obeys."""
        room = {"KAIGA_MAX_BODY_BYTES": "200000", "KAIGA_MAX_IN_FLIGHT_BYTES": "200000"}
        server = start_server({"KAIGA_WORKERS": "0", **room})
        order = order_picture("a" * 100_000)
        with server.client() as client, half_sent_order(server):
            wait_until(lambda: create(client, TEXT2IMAGE, order).status_code == 429, "it is full")
            listed = client.get("/tasks").json()["total"]

            answer = create(client, TEXT2IMAGE, order)
            told = run_program("creating", server, "client", 5_000)

            assert client.get("/tasks").json()["total"] == listed
        assert answer.status_code == 429
        assert answer.json()["code"] == "Throttling"
        assert 1 <= int(answer.headers["retry-after"]) <= 8
        assert answer.headers["x-should-retry"] == "true"
        assert told["raised"] == "RateLimitError"
        assert told["code"] == "Throttling"
        assert told["request_id"]

    def test_who_creates_too_fast_waits_as_told_and_is_taken_then(self, start_server: StartServer):
        """Trap 29: the new client repeats the call by itself after `retry-after`."""
        server = start_server({"KAIGA_WORKERS": "0", "KAIGA_LIMIT_SUBMISSIONS_PER_SECOND": "1"})

        told = run_program("hurrying", server)

        with server.client() as client:
            assert client.get("/tasks").json()["total"] == len(set(told["task_ids"]))
        assert len(told["task_ids"]) == len(set(told["task_ids"]))
        assert "in 1.00s" in told["waits"][0]
        assert "status 429" in told["waits"][0]

    def test_what_may_have_been_taken_is_not_to_be_sent_again(self, start_server: StartServer):
        """Trap 29: a synchronous call whose task was not ready in time is still a task."""
        server = start_server({"KAIGA_WORKERS": "0", "KAIGA_SYNC_TIMEOUT_SECONDS": "1"})
        order = {"model": "z-image-turbo", "input": say({"text": "a cat"})}
        with server.client() as client:
            answer = client.post(MULTIMODAL, json=order)
            listed = client.get("/tasks").json()["total"]

        assert answer.status_code == 500
        assert answer.headers["x-should-retry"] == "false"
        assert listed == 1
