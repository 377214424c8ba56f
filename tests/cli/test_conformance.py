"""`kaiga conformance`: what is exact, what differs, and what must never happen."""

import json
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

import pytest

from running import RunningKaiga

KEY = "sk-this-must-not-be-shown"


@contextmanager
def serving(status: int, body: bytes) -> Iterator[str]:
    """Serve one answer to every request; gives the address."""

    class Same(BaseHTTPRequestHandler):
        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            content = body.replace(b"KEY", self.headers.get("Authorization", "").encode())
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = answer  # noqa: N815  the library's own names

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Same) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_kaiga_conforms_and_nothing_is_made(quick_terminal: Any, start_server: Any):
    server: RunningKaiga = start_server({})
    settings = {"KAIGA_DATA": str(server.data), "KAIGA_API_KEY": server.key}

    told = quick_terminal.succeed("conformance", settings=settings)

    assert told.splitlines()[-1].partition(" exact, ")[2].startswith("0 differs, ")
    with server.client() as client:
        made = client.get("/tasks", params={"page_size": 100}).json()["data"]
    assert {row["status"] for row in made} == {"FAILED"}


def test_json_has_every_finding_with_its_place_in_the_contract(
    quick_terminal: Any, at_idle_server: dict[str, str]
):
    order = ("conformance", "--model", "wan2.6-i2v", "--model", "z-image-turbo", "--json")

    told = json.loads(quick_terminal.succeed(*order, settings=at_idle_server))

    assert {finding["subject"] for finding in told["findings"]} == {"wan2.6-i2v", "z-image-turbo"}
    assert all(finding["source"] for finding in told["findings"])
    assert told["counts"]["exact"] == len(told["findings"]) == 6


def test_what_is_exact_is_shown_where_that_is_asked_for(
    quick_terminal: Any, at_idle_server: dict[str, str]
):
    order = ("conformance", "--model", "wan2.6-i2v")

    short = quick_terminal.succeed(*order, settings=at_idle_server)
    whole = quick_terminal.succeed(*order, "--all", settings=at_idle_server)

    assert short == "3 exact, 0 differs, 0 unknown, 0 skipped\n"
    assert "url error, please check url" in whole


def test_a_server_that_answers_otherwise_differs(quick_terminal: Any):
    with serving(200, b'{"output": {}}') as url:
        order = ("conformance", "--base-url", url, "--key", KEY, "--model", "wan2.6-i2v")
        done = quick_terminal.run(*order)

    assert done.status == 3
    assert done.told.splitlines()[-1] == "0 exact, 3 differs, 0 unknown, 0 skipped"
    assert "200 with output" in done.told


def test_a_server_that_is_too_busy_is_not_judged(quick_terminal: Any):
    busy = b'{"code": "Throttling", "message": "Requests throttling triggered.", "request_id": "1"}'
    with serving(429, busy) as url:
        order = ("conformance", "--base-url", url, "--key", KEY, "--model", "z-image-turbo")
        done = quick_terminal.run(*order)

    assert done.status == 0
    assert "0 differs" in done.told.splitlines()[-1]
    assert "3 skipped" in done.told.splitlines()[-1]


def test_the_key_is_not_shown_though_a_server_echoes_it(quick_terminal: Any):
    echo = b'{"code": "X", "message": "you are KEY", "request_id": "1"}'
    with serving(400, echo) as url:
        order = ("conformance", "--base-url", url, "--key", KEY, "--model", "z-image-turbo")
        done = quick_terminal.run(*order)

    assert "you are Bearer ***" in done.told
    assert KEY not in done.told + done.problems


def test_a_server_that_is_away_is_told(quick_terminal: Any):
    order = ("conformance", "--base-url", "http://127.0.0.1:1", "--key", KEY)

    done = quick_terminal.run(*order, "--model", "z-image-turbo")

    assert done.status == 3
    assert "does not answer" in done.told


def test_a_model_that_is_not_known_is_refused(quick_terminal: Any, at_idle_server: dict[str, str]):
    message = quick_terminal.fail(
        "conformance", "--model", "wan9", settings=at_idle_server, status=2
    )

    assert message.startswith("There is no model wan9.")


@pytest.mark.parametrize(
    "model", ["z-image-turbo", "wan2.5-t2i-preview", "emo-detect-v1", "emoji-v1"]
)
def test_what_a_model_makes_is_looked_at(
    quick_terminal: Any, at_server: dict[str, str], model: str
):
    order = ("conformance", "--spend", "--model", model, "--json")

    told = json.loads(quick_terminal.succeed(*order, settings=at_server))

    made = [finding for finding in told["findings"] if finding["name"].startswith("made: ")]
    aspects = {finding["name"].rpartition(": ")[2] for finding in made}
    assert aspects == ({"answer"} if model == "emo-detect-v1" else {"answer", "file"})
    assert {finding["verdict"] for finding in made} == {"exact"}


def test_what_was_found_until_ctrl_c_is_told(terminal: Any):
    with stalling(answers=2) as (url, stalled):
        order = ("conformance", "--base-url", url, "--key", KEY, "--model", "wan2.6-i2v")
        process = terminal.start(*order)
        assert stalled.wait(30)

        process.send_signal(signal.SIGINT)

        told, problems = process.communicate(timeout=30)
    assert process.returncode == 130
    assert told.splitlines()[-1] == "0 exact, 2 differs, 0 unknown, 0 skipped"
    assert "Traceback" not in problems


@contextmanager
def stalling(answers: int) -> Iterator[tuple[str, Event]]:
    """Serve so many answers and then none; gives the address and what is set at the first."""
    stalled, over = Event(), Event()
    left = iter(range(answers))

    class Stalling(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            if next(left, None) is None:
                stalled.set()
                over.wait(60)
            self.send_error(418)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Stalling) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", stalled
        over.set()
        server.shutdown()
        thread.join()
