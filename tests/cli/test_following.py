"""How tasks are followed, against servers that tell more or less than a Kaiga."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kaiga.cli.client import ApiClient, CallRefused
from kaiga.cli.following import TaskNews, follow
from kaiga.cli.reaching import Server

TASK_ID = "01890000-0000-7000-8000-000000000000"


@contextmanager
def server_of(answers: dict[str, list[tuple[int, str]]]) -> Iterator[ApiClient]:
    """Answer each path with its answers in turn, the last one again and again."""

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            left = answers.get(self.path, [(404, "{}")])
            status, body = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None: ...

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/api/v1"
        with ApiClient(Server(api_url=url, key="sk-any")) as client:
            yield client
        server.shutdown()


def state(status: str) -> tuple[int, str]:
    return 200, json.dumps({"output": {"task_id": TASK_ID, "task_status": status}})


def events(*told: tuple[str, dict[str, object]]) -> tuple[int, str]:
    parts = (
        f"id:1\nevent:{kind}\ndata:{json.dumps({'task_id': TASK_ID} | data)}\n\n"
        for kind, data in told
    )
    return 200, "retry:2000\n\n: waiting\n\n" + "".join(parts)


def statuses(news: list[TaskNews]) -> list[str]:
    return [each.task_status for each in news]


def test_a_server_without_events_is_asked_until_the_task_has_ended():
    path = f"/api/v1/tasks/{TASK_ID}"
    with server_of({path: [state("PENDING"), state("RUNNING"), state("SUCCEEDED")]}) as client:
        news = list(follow(client, (TASK_ID,), 60))

    assert statuses(news) == ["PENDING", "RUNNING", "SUCCEEDED"]


def test_steps_add_to_their_phase_and_a_preview_is_told_once():
    told = events(
        ("phase", {"task_status": "RUNNING", "attempt": 1, "phase": "generate"}),
        ("preview", {"attempt": 1, "preview": "data:image/png;base64,AAAA"}),
        ("step", {"attempt": 1, "step": 3, "steps": 20, "eta_seconds": 4}),
        ("phase", {"task_status": "RUNNING", "attempt": 1, "phase": "encode"}),
        ("end", {"output": {"task_id": TASK_ID, "task_status": "SUCCEEDED"}, "usage": {}}),
    )
    streams = {
        f"/api/v1/tasks/{TASK_ID}": [state("RUNNING")],
        f"/kaiga/v1/tasks/{TASK_ID}/events": [told],
    }
    with server_of(streams) as client:
        news = list(follow(client, (TASK_ID,), 60))

    assert [(each.phase, each.step, bool(each.preview)) for each in news] == [
        ("", 0, False),
        ("generate", 0, False),
        ("generate", 0, True),
        ("generate", 3, False),
        ("encode", 0, False),
        ("", 0, False),
    ]
    assert news[-1].answer is not None


def test_an_end_that_comes_before_the_stream_is_open_is_not_missed():
    streams = {
        f"/api/v1/tasks/{TASK_ID}": [state("FAILED")],
        f"/kaiga/v1/tasks/{TASK_ID}/events": [events()],
    }
    with server_of(streams) as client:
        news = list(follow(client, (TASK_ID,), 60))

    assert statuses(news) == ["FAILED"]


def test_an_event_that_cannot_be_read_has_the_server_asked():
    broken = (200, 'retry:2000\n\nevent:end\ndata:{"task_id"\n\n')
    streams = {
        f"/api/v1/tasks/{TASK_ID}": [state("RUNNING"), state("SUCCEEDED")],
        f"/kaiga/v1/tasks/{TASK_ID}/events": [broken],
    }
    with server_of(streams) as client:
        news = list(follow(client, (TASK_ID,), 60))

    assert statuses(news) == ["RUNNING", "SUCCEEDED"]


def test_a_key_that_is_refused_is_told_and_not_tried_again():
    path = f"/api/v1/tasks/{TASK_ID}"
    refused = (401, '{"code":"InvalidApiKey","message":"No."}')
    with server_of({path: [refused]}) as client, pytest.raises(CallRefused, match="InvalidApiKey"):
        list(follow(client, (TASK_ID,), 60))


def test_of_all_tasks_only_what_changes_is_told():
    def page(status: str) -> tuple[int, str]:
        ended = {"task_id": "old", "status": "SUCCEEDED"}
        return 200, json.dumps({"data": [{"task_id": TASK_ID, "status": status}, ended]})

    with server_of({"/api/v1/tasks?page_size=100": [page("RUNNING"), page("FAILED")]}) as client:
        news = list(follow(client, (), 0.5))

    assert [(each.task_id, each.task_status) for each in news] == [
        (TASK_ID, "RUNNING"),
        (TASK_ID, "FAILED"),
    ]
