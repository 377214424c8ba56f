"""The cancel call."""

import httpx
import pytest
from http_calls import JSON_UTF8, error_of

REFUSED = (
    400,
    "UnsupportedOperation",
    "Failed to cancel the task, please confirm if the task is in PENDING status.",
)


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"headers": {"Content-Type": "application/json"}},
        {"json": {"model": "", "parameters": {}, "input": ""}},
        {"content": b"{not json"},
        {"content": b"A" * 2_000_000},
    ],
)
@pytest.mark.parametrize("slash", ["", "/"])
def test_a_pending_task_is_cancelled_whatever_the_body(idle_server, client, sent, slash):
    task_id = idle_server.submit(client)

    response = client.post(f"/tasks/{task_id}/cancel{slash}", **sent)

    assert response.status_code == 200
    assert response.headers["content-type"] == JSON_UTF8
    assert response.json() == {"request_id": response.headers["x-request-id"]}
    assert client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "CANCELED"


def test_a_task_is_cancelled_once(idle_server, client):
    task_id = idle_server.submit(client)
    client.post(f"/tasks/{task_id}/cancel")

    assert error_of(client.post(f"/tasks/{task_id}/cancel")) == REFUSED


def test_a_finished_task_is_not_cancelled(painter, painted):
    response = painter.post(f"/tasks/{painted['output']['task_id']}/cancel")

    assert error_of(response) == REFUSED


@pytest.mark.parametrize("task_id", ["no-such-task", "%00", "%2e%2e", "%F0%9F%98%80", ""])
def test_a_task_that_is_not_there_is_not_cancelled(client, task_id):
    response = client.post(f"/tasks/{task_id}/cancel")

    assert error_of(response) == REFUSED


def test_another_accounts_task_is_not_cancelled(idle_server, client, stranger):
    task_id = idle_server.submit(client)

    response = stranger.post(f"/tasks/{task_id}/cancel")

    assert error_of(response) == REFUSED
    assert client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "PENDING"


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_only_a_post_cancels(idle_server, client: httpx.Client, method, slash):
    task_id = idle_server.submit(client)

    response = client.request(method, f"/tasks/{task_id}/cancel{slash}")

    assert response.status_code in {400, 404, 405}
    error_of(response)
    assert client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "PENDING"
