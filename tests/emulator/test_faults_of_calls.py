"""What a client meets whose call has a fault: each kind, seen through httpx."""

import json
import time

import httpx
import pytest
from controlling import Tester

from kaiga.domain.emulation.fault_kinds import THROTTLINGS
from running import wait_until

INSPECTED = "Input data may contain inappropriate content."


@pytest.mark.parametrize("code", THROTTLINGS)
def test_a_create_is_throttled_with_every_code(tester: Tester, code: str):
    tester.fault("throttled", code=code)

    answer = tester.create()

    assert answer.status_code == 429
    assert answer.json() == {
        "code": code,
        "message": THROTTLINGS[code],
        "request_id": answer.headers["x-request-id"],
    }
    assert "retry-after" not in answer.headers
    assert tester.count_tasks() == 0


def test_a_throttling_can_say_when_to_try_again(tester: Tester):
    tester.fault("throttled", on="query", retry_after_seconds=3)

    assert tester.api.get("/tasks/any").headers["retry-after"] == "3"


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({}, 500, "InternalError"),
        ({"status": 503, "code": "ModelUnavailable"}, 503, "ModelUnavailable"),
        ({"status": 400, "code": "Arrearage"}, 400, "Arrearage"),
        ({"status": 401, "code": "InvalidApiKey"}, 401, "InvalidApiKey"),
        ({"status": 418, "code": "Teapot", "message": "Short and stout."}, 418, "Teapot"),
    ],
)
def test_a_call_is_refused_with_any_status_and_code(
    tester: Tester, values: dict[str, object], status: int, code: str
):
    tester.fault("error", **values)

    answer = tester.create()

    assert answer.status_code == status
    assert answer.json()["code"] == code
    assert answer.json()["message"] == values.get("message", answer.json()["message"])


@pytest.mark.parametrize(
    ("on", "method", "path"),
    [
        ("query", "GET", "/tasks/any"),
        ("list", "GET", "/tasks"),
        ("cancel", "POST", "/tasks/any/cancel"),
        ("upload", "GET", "/uploads?action=getPolicy&model=wan2.5-i2i-preview"),
    ],
)
def test_every_kind_of_call_can_have_a_fault(tester: Tester, on: str, method: str, path: str):
    tester.fault("error", on=on, status=502, code="BadGateway")

    assert tester.api.request(method, path).status_code == 502
    assert tester.create().status_code == 200


def test_a_create_can_fail_the_content_check(tester: Tester):
    tester.fault("create-inspection")

    answer = tester.create()

    assert answer.status_code == 400
    assert (answer.json()["code"], answer.json()["message"]) == ("DataInspectionFailed", INSPECTED)
    assert tester.count_tasks() == 0


def test_a_connection_dropped_before_leaves_no_task(tester: Tester):
    tester.fault("dropped-before", on="create", times=1)

    with pytest.raises(httpx.RemoteProtocolError):
        tester.create()

    assert tester.count_tasks() == 0
    assert tester.create().status_code == 200


def test_a_connection_dropped_after_leaves_a_task(tester: Tester):
    tester.fault("dropped-after", on="create", times=1)

    with pytest.raises(httpx.RemoteProtocolError):
        tester.create()

    assert tester.count_tasks() == 1


def test_a_slow_answer_comes_late_and_the_task_is_there_meanwhile(tester: Tester):
    tester.fault("slow-answer", seconds=0.4)

    began = time.monotonic()
    with pytest.raises(httpx.ReadTimeout):
        tester.api.post(
            "/services/aigc/text2image/image-synthesis",
            json={"model": "wan2.5-t2i-preview", "input": {"prompt": "a cat"}},
            headers={"X-DashScope-Async": "enable"},
            timeout=0.2,
        )
    wait_until(lambda: tester.count_tasks() == 1, "the task is there")
    assert tester.create().status_code == 200
    assert time.monotonic() - began >= 0.6


def test_a_slow_body_follows_a_head_that_came_at_once(tester: Tester):
    tester.fault("slow-body", on="list", seconds=0.4)

    with tester.api.stream("GET", "/tasks") as answer:
        began = time.monotonic()
        body = b"".join(answer.iter_raw())

    assert json.loads(body)["total"] == 0
    assert time.monotonic() - began >= 0.3


def test_malformed_json_is_whole_for_http_and_nothing_for_a_parser(tester: Tester):
    tester.fault("malformed-json", on="query")

    answer = tester.api.get("/tasks/any")

    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/json")
    with pytest.raises(json.JSONDecodeError):
        answer.json()


def test_a_live_task_can_be_unknown(tester: Tester):
    task = tester.submit()
    tester.fault("lost-task", nth=1)

    assert tester.query(task) == {"task_id": task, "task_status": "UNKNOWN"}
    assert tester.query(task)["task_status"] != "UNKNOWN"


def test_an_answer_can_have_a_wrong_content_type(tester: Tester):
    tester.fault("wrong-content-type", on="query", content_type="text/plain")

    answer = tester.api.get("/tasks/any")

    assert answer.headers["content-type"] == "text/plain"
    assert answer.json()["output"]["task_status"] == "UNKNOWN"


@pytest.mark.parametrize(
    ("scope", "hits"),
    [
        ({"model": "wan2.5-t2i-preview"}, True),
        ({"model": "wan2.2-t2i-flash"}, False),
        ({"operation": "aigc/text2image/image-synthesis"}, True),
        ({"operation": "aigc/image2video/video-synthesis"}, False),
    ],
)
def test_a_scope_is_the_create_s_own_model_and_operation(
    tester: Tester, scope: dict[str, str], hits: bool
):
    tester.fault("throttled", **scope)

    assert tester.create().status_code == (429 if hits else 200)


def test_a_query_is_known_by_the_model_of_its_task(tester: Tester):
    task = tester.submit()
    tester.fault("error", on="query", model="wan2.5-t2i-preview")

    assert tester.api.get(f"/tasks/{task}").status_code == 500
    assert tester.api.get("/tasks/another").status_code == 200


def test_a_large_order_is_known_by_its_model_too(tester: Tester):
    tester.fault("throttled", model="wan2.5-t2i-preview")
    body = '{"model": "wan2.5-t2i-preview", "input": {"prompt": "%s"}}' % ("x" * 1_200_000)

    answer = tester.api.post(
        "/services/aigc/text2image/image-synthesis",
        content=body,
        headers={"X-DashScope-Async": "enable", "Content-Type": "application/json"},
    )

    assert answer.status_code == 429
