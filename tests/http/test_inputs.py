"""Orders with pictures in them, over HTTP: from an address, from the request, from a result."""

import asyncio
import json
import os
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import httpx
import pytest
from http_calls import ENABLE, error_of

from running import OWN_MODELS, RunningKaiga
from service.collecting import RED

EDIT = "/services/aigc/tests/edit"
URI = f"data:image/png;base64,{b64encode(RED).decode()}"


def make_edit(*images: str, **more: str) -> dict[str, Any]:
    return {
        "model": "test-edit",
        "input": {"prompt": "a cat", "images": list(images), **more},
        "parameters": {"size": "64*64"},
    }


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[str]:
    """Serve files on 127.0.0.1; gives the address that their paths follow."""

    class Files(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = files.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Files)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def files() -> Iterator[str]:
    with serving({"/red.png": RED, "/letter.png": b"a letter to somebody"}) as address:
        yield address


def run_task(running: RunningKaiga, client: httpx.Client, order: object, **headers: str) -> Any:
    answer = client.post(EDIT, json=order, headers={**ENABLE, **headers})
    assert answer.status_code == 200, answer.text
    return running.wait_for_end(client, answer.json()["output"]["task_id"])["output"]


class TestForms:
    def test_a_picture_at_an_address_is_fetched(
        self, own_server: RunningKaiga, own: httpx.Client, files: str
    ):
        output = run_task(own_server, own, make_edit(f"{files}/red.png"))

        assert output["task_status"] == "SUCCEEDED"

    def test_a_picture_inside_the_request_is_taken(
        self, own_server: RunningKaiga, own: httpx.Client
    ):
        bare = b64encode(RED).decode()

        output = run_task(own_server, own, make_edit(URI, bare, URI))

        assert output["task_status"] == "SUCCEEDED"

    def test_a_picture_written_with_escaped_slashes_is_taken(self, own: httpx.Client):
        body = json.dumps(make_edit(URI)).replace("/", "\\/").encode()

        answer = own.post(EDIT, content=body)

        assert answer.status_code == 200, answer.text
        assert "results" in answer.json()["output"]

    def test_a_result_is_the_input_of_the_next_task_whatever_host_it_is_asked_at(
        self, own_server: RunningKaiga, own: httpx.Client
    ):
        first = run_task(own_server, own, make_edit(URI))
        link = first["results"][0]["url"].removeprefix(own_server.base_url)

        output = run_task(own_server, own, make_edit(f"https://results.example.com{link}"))

        assert output["task_status"] == "SUCCEEDED"

    def test_who_waits_is_given_the_result_of_an_order_with_pictures(
        self, own: httpx.Client, files: str
    ):
        answer = own.post(EDIT, json=make_edit(f"{files}/red.png", mask_url=URI))

        assert answer.status_code == 200, answer.text


class TestFaults:
    @pytest.mark.parametrize(
        ("path", "code"),
        [
            ("/none.png", "BadRequest.InputDownloadFailed"),
            ("/letter.png", "InvalidParameter"),
        ],
    )
    def test_the_member_and_the_reason_are_told_by_the_task_and_to_who_waits(
        self, own_server: RunningKaiga, own: httpx.Client, files: str, path: str, code: str
    ):
        order = make_edit(URI, f"{files}{path}")

        output = run_task(own_server, own, order)
        told = error_of(own.post(EDIT, json=order))

        assert (output["task_status"], output["code"]) == ("FAILED", code)
        assert "input.images[1]" in output["message"]
        assert told == (400, code, output["message"])

    def test_an_address_of_this_machine_is_refused_unless_a_setting_names_it(
        self, start_server, files: str
    ):
        running = start_server({"KAIGA_CATALOGUE": str(OWN_MODELS)})
        with running.client() as client:
            output = run_task(running, client, make_edit(f"{files}/red.png"))

        assert (output["task_status"], output["code"]) == ("FAILED", "InvalidURL")
        assert "KAIGA_FETCH_ALLOW" in output["message"]

    def test_an_upload_that_is_not_to_be_resolved_is_told(
        self, own_server: RunningKaiga, own: httpx.Client
    ):
        output = run_task(own_server, own, make_edit("oss://a/cat.png"))

        assert output["message"] == (
            "The provided URL does not appear to be valid. Ensure it is correctly formatted."
            ": input.images[0]"
        )

    def test_an_upload_that_is_not_there_is_told(self, own_server: RunningKaiga, own: httpx.Client):
        resolve = {"X-DashScope-OssResourceResolve": "enable"}

        output = run_task(own_server, own, make_edit("oss://a/cat.png"), **resolve)

        assert output["code"] == "BadRequest.InputDownloadFailed"

    def test_nothing_of_any_input_is_left(self, own_server: RunningKaiga, own: httpx.Client):
        run_task(own_server, own, make_edit(URI))
        run_task(own_server, own, make_edit("http://127.0.0.1:1/none.png"))

        assert list((own_server.data / "inputs").rglob("*")) == []


async def test_40_megabytes_of_pictures_do_not_hold_up_other_calls(own_server: RunningKaiga):
    """A server that stood still for the order would let one poll wait for nearly all of it."""
    pictures = [f"data:image/png;base64,{b64encode(os.urandom(10_000_000)).decode()}"] * 3
    body = json.dumps(make_edit(*pictures)).replace("/", "\\/").encode()
    headers = {"Authorization": f"Bearer {own_server.key}"}
    async with (
        httpx.AsyncClient(base_url=own_server.api_url, headers=headers, timeout=60) as client,
        httpx.AsyncClient(base_url=own_server.api_url, headers=headers, timeout=60) as other,
    ):

        async def poll() -> float:
            began = time.perf_counter()
            assert (await client.get("/tasks/none")).status_code == 200
            return time.perf_counter() - began

        began = time.perf_counter()
        sending = asyncio.ensure_future(other.post(EDIT, content=body, headers=ENABLE))
        waits: list[float] = []
        while not sending.done():
            waits.append(await poll())
        created = await sending
        took = time.perf_counter() - began

    assert created.status_code == 200, created.text
    assert len(waits) > 10
    assert max(waits) < took / 2
