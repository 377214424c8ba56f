"""The query: which members a task shows in which state, and what is UNKNOWN."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import quote

import httpx
import pytest
from http_calls import (
    JSON_UTF8,
    TIME,
    RawConnection,
    create,
    error_of,
    is_request_id,
    make_order,
)

from running import RunningKaiga, wait_until

NEVER_MADE = "01890a5d-ac96-774b-bcce-b302099a8057"
BEIJING = timezone(timedelta(hours=8))


@pytest.fixture(scope="module")
def slow_server(module_server) -> RunningKaiga:
    """A server that paints one picture at a time, for longer than any test looks."""
    return module_server(
        {
            "KAIGA_SKETCH_SECONDS": "600",
            "KAIGA_GRACE_SECONDS": "0",
            "KAIGA_TIME_ZONE": "-03:30",
        }
    )


@pytest.fixture(scope="module")
def slow_client(slow_server) -> Iterator[httpx.Client]:
    with slow_server.client() as client:
        yield client


@pytest.fixture(scope="module")
def running_task(slow_server, slow_client) -> str:
    """A task that is RUNNING and stays so."""
    task_id = slow_server.submit(slow_client, n=3)
    wait_until(
        lambda: slow_client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "RUNNING",
        "the task runs",
    )
    return task_id


def read_time(text: str, zone: timezone) -> datetime:
    assert TIME.fullmatch(text)
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=zone)


def test_a_pending_task_has_a_time_of_submission_and_no_other(idle_server, client):
    task_id = idle_server.submit(client)

    answer = client.get(f"/tasks/{task_id}").json()

    assert answer.keys() == {"request_id", "output"}
    assert answer["output"].keys() == {"task_id", "task_status", "submit_time"}
    assert answer["output"]["task_id"] == task_id
    assert answer["output"]["task_status"] == "PENDING"


def test_times_are_beijings_to_the_millisecond(idle_server, client):
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    task_id = idle_server.submit(client)
    after = datetime.now(UTC)

    submitted = client.get(f"/tasks/{task_id}").json()["output"]["submit_time"]

    assert before <= read_time(submitted, BEIJING) <= after


@pytest.mark.usefixtures("running_task")  # else the task made here would be in its way
def test_the_zone_of_times_is_a_setting(slow_server, slow_client):
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    task_id = slow_server.submit(slow_client)
    after = datetime.now(UTC)

    submitted = slow_client.get(f"/tasks/{task_id}").json()["output"]["submit_time"]

    zone = timezone(-timedelta(hours=3, minutes=30))
    assert before <= read_time(submitted, zone) <= after


def test_a_running_task_has_two_times_and_metrics_of_zeros(slow_client, running_task):
    answer = slow_client.get(f"/tasks/{running_task}").json()

    assert answer.keys() == {"request_id", "output"}
    output = answer["output"]
    assert output.keys() == {
        "task_id",
        "task_status",
        "submit_time",
        "scheduled_time",
        "task_metrics",
    }
    assert output["submit_time"] <= output["scheduled_time"]
    assert output["task_metrics"] == {"TOTAL": 3, "SUCCEEDED": 0, "FAILED": 0}


def test_a_running_task_can_not_be_cancelled(slow_client, running_task):
    status, code, _ = error_of(slow_client.post(f"/tasks/{running_task}/cancel"))

    assert (status, code) == (400, "UnsupportedOperation")
    state = slow_client.get(f"/tasks/{running_task}").json()["output"]["task_status"]
    assert state == "RUNNING"


def test_a_task_waits_behind_a_running_one_and_can_be_cancelled(
    slow_server, slow_client, running_task
):
    waiting = slow_server.submit(slow_client)

    state = slow_client.get(f"/tasks/{waiting}").json()["output"]["task_status"]
    cancelled = slow_client.post(f"/tasks/{waiting}/cancel")

    assert running_task != waiting
    assert state == "PENDING"
    assert cancelled.status_code == 200
    state = slow_client.get(f"/tasks/{waiting}").json()["output"]["task_status"]
    assert state == "CANCELED"


def test_a_cancelled_task_has_its_first_and_last_time_and_no_error(idle_server, client):
    task_id = idle_server.submit(client)
    client.post(f"/tasks/{task_id}/cancel")

    answer = client.get(f"/tasks/{task_id}").json()

    assert answer.keys() == {"request_id", "output"}
    assert answer["output"].keys() == {"task_id", "task_status", "submit_time", "end_time"}
    assert answer["output"]["task_status"] == "CANCELED"


def test_a_task_that_succeeded_has_three_times_in_order_results_metrics_and_usage(painted):
    output = painted["output"]

    assert painted.keys() == {"request_id", "output", "usage"}
    assert output.keys() == {
        "task_id",
        "task_status",
        "submit_time",
        "scheduled_time",
        "end_time",
        "results",
        "task_metrics",
    }
    assert output["task_status"] == "SUCCEEDED"
    assert output["submit_time"] <= output["scheduled_time"] <= output["end_time"]
    assert all(TIME.fullmatch(output[name]) for name in ("scheduled_time", "end_time"))
    assert output["task_metrics"] == {"TOTAL": 1, "SUCCEEDED": 1, "FAILED": 0}


def test_usage_counts_pictures_in_whole_numbers(painter, painted):
    text = painter.get(f"/tasks/{painted['output']['task_id']}").text

    assert '"usage":{"image_count":1}' in text


def test_without_extension_a_result_has_no_actual_prompt(painted):
    (result,) = painted["output"]["results"]

    assert result.keys() == {"orig_prompt", "url"}
    assert result["orig_prompt"] == "a red kite"


@pytest.mark.parametrize("switch", [{"prompt_extend": True}, {"prompt_extend": None}])
def test_with_extension_a_result_shows_the_prompt_that_was_painted(server, painter, switch):
    answer = server.wait_for_end(painter, server.submit(painter, "a boat", **switch))

    (result,) = answer["output"]["results"]
    assert result.keys() == {"orig_prompt", "actual_prompt", "url"}
    assert result["orig_prompt"] == "a boat"
    assert "boat" in result["actual_prompt"]
    assert len(result["actual_prompt"]) > len("a boat")


def test_a_query_answer_is_json_in_utf_8_and_names_the_request_and_the_engine(
    idle_server, client, painter, painted
):
    for response in (
        client.get(f"/tasks/{idle_server.submit(client)}"),
        client.get(f"/tasks/{create(client, make_order(n=9)).json()['output']['task_id']}"),
        client.get(f"/tasks/{NEVER_MADE}"),
        painter.get(f"/tasks/{painted['output']['task_id']}"),
    ):
        assert response.status_code == 200
        assert response.headers["content-type"] == JSON_UTF8
        assert response.headers["x-request-id"] == response.json()["request_id"]
        assert response.headers["x-kaiga-engine"] == "sketch"
        assert response.headers["cache-control"] == "no-store"


def test_the_request_id_is_that_of_the_query(client):
    created = create(client, make_order()).json()

    ids = [
        client.get(f"/tasks/{created['output']['task_id']}").json()["request_id"] for _ in range(2)
    ]

    assert len({created["request_id"], *ids}) == 3
    assert all(is_request_id(text) for text in ids)


@pytest.mark.parametrize("slashes", ["/", "//"])
def test_slashes_after_an_id_change_nothing(idle_server, client, slashes):
    task_id = idle_server.submit(client)

    response = client.get(f"/tasks/{task_id}{slashes}")

    assert response.status_code == 200
    assert response.json()["output"]["task_status"] == "PENDING"


def test_headers_of_other_calls_do_no_harm_on_a_query(idle_server, client):
    task_id = idle_server.submit(client)

    response = client.get(
        f"/tasks/{task_id}",
        headers={
            "X-DashScope-Async": "enable",
            "X-DashScope-SSE": "disable",
            "X-DashScope-OssResourceResolve": "enable",
            "Content-Type": "application/json",
        },
    )

    assert response.status_code == 200
    assert response.json()["output"]["task_status"] == "PENDING"


def test_a_query_string_does_no_harm_on_a_query(idle_server, client):
    task_id = idle_server.submit(client)

    assert client.get(f"/tasks/{task_id}?a=b&%ff").json()["output"]["task_status"] == "PENDING"


def test_head_of_a_task_has_no_body(idle_server, client):
    response = client.head(f"/tasks/{idle_server.submit(client)}")

    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_a_task_takes_no_other_method(idle_server, client, method):
    response = client.request(method, f"/tasks/{idle_server.submit(client)}")

    expected = f"Request method '{method}' is not supported."
    assert error_of(response) == (400, "InvalidParameter", expected)


@pytest.mark.parametrize("task_id", [NEVER_MADE, "1111", "null", "花", "a b", "A" * 4000])
def test_an_id_that_was_never_given_out_is_unknown_and_echoed(client, task_id):
    answer = client.get(f"/tasks/{quote(task_id)}").json()

    assert answer.keys() == {"request_id", "output"}
    assert answer["output"] == {"task_id": task_id, "task_status": "UNKNOWN"}


def test_another_accounts_task_is_unknown(idle_server, client, stranger):
    task_id = idle_server.submit(client)
    client.get(f"/tasks/{task_id}")

    answer = stranger.get(f"/tasks/{task_id}").json()

    assert answer["output"] == {"task_id": task_id, "task_status": "UNKNOWN"}


def test_another_key_of_the_same_account_sees_the_task(idle_server, client):
    made = client.post(f"{idle_server.base_url}/kaiga/v1/keys", json={"role": "user"}).json()
    task_id = idle_server.submit(client)

    with idle_server.client(made["key"]) as colleague:
        answer = colleague.get(f"/tasks/{task_id}").json()

    assert answer["output"]["task_status"] == "PENDING"


def test_the_id_of_a_task_in_upper_case_is_another_id(idle_server, client):
    task_id = idle_server.submit(client).upper()

    output = client.get(f"/tasks/{task_id}").json()["output"]

    assert output == {"task_id": task_id, "task_status": "UNKNOWN"}


@pytest.mark.parametrize(
    "path",
    [
        "%00",
        "%ff%fe",
        "%ed%a0%80",
        "..",
        "%2e%2e",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "..%5c..%5cwindows",
        "%F0%9F%98%80",
        "%22%3E%3Cscript%3E",
        "'%20OR%201=1--",
        "%0d%0aX-Injected:%201",
        "%",
        "%zz",
        "a" * 50_000,
        "~root",
        "*",
        "%25s%25n",
        ";/cancel",
        "a%2Fcancel",
    ],
)
def test_tricks_in_an_id_reach_nothing(idle_server, path):
    with RawConnection(idle_server) as connection:
        connection.begin({}, f"GET /api/v1/tasks/{path} HTTP/1.1")

        status, headers, body = connection.read_answer()

    answer = json.loads(body)
    assert headers["content-type"].startswith("application/json")
    assert headers["x-request-id"] == answer["request_id"]
    assert "x-injected" not in headers
    if status == 200:
        assert answer["output"].keys() == {"task_id", "task_status"}
        assert answer["output"]["task_status"] == "UNKNOWN"
    else:
        assert (status, answer["code"]) in {(400, "InvalidParameter"), (404, "NotFound")}


@pytest.mark.parametrize(
    "line", ["GET /api/v1/tasks/花 HTTP/1.1", "GET /api/v1/tasks/a b HTTP/1.1", "!! / HTTP/1.1"]
)
def test_a_request_that_is_no_http_is_refused_as_json(idle_server, line):
    with RawConnection(idle_server) as connection:
        connection.begin({}, line)

        status, headers, body = connection.read_answer()

    assert status in {200, 400}
    assert headers["content-type"].startswith("application/json")
    assert json.loads(body)["request_id"] == headers["x-request-id"]
