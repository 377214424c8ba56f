"""What an admin reads of other accounts' tasks by Kaiga's own routes, and by no others."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from http_calls import make_key

from running import RunningKaiga

OTHER = "1000000000000078"
READS = ("", "/answer", "/request", "/manifest", "/events", "/thumbnails/1")


@pytest.fixture(scope="module")
def other(server: RunningKaiga, painter: httpx.Client) -> Iterator[httpx.Client]:
    """A client of an account that is not the admin's."""
    with server.client(make_key(painter, server, account=OTHER)["key"]) as client:
        yield client


@pytest.fixture(scope="module")
def foreign(server: RunningKaiga, other: httpx.Client) -> dict[str, Any]:
    """The last answer about a task of the other account."""
    return server.wait_for_end(other, server.submit(other, "a stork"))


def own(server: RunningKaiga, foreign: dict[str, Any], path: str) -> str:
    return f"{server.base_url}/kaiga/v1/tasks/{foreign['output']['task_id']}{path}"


def test_an_admin_reads_a_task_its_request_and_its_results(
    server: RunningKaiga, painter: httpx.Client, foreign: dict[str, Any]
):
    shown, answer, request, manifest, events, small = (
        painter.get(own(server, foreign, path)) for path in READS
    )

    assert (shown.json()["account"], shown.json()["status"]) == (OTHER, "SUCCEEDED")
    assert answer.json()["output"] == foreign["output"]
    assert request.json()["input"]["prompt"] == manifest.json()["prompt"] == "a stork"
    assert "event:end" in events.text
    assert '"task_status":"SUCCEEDED"' in events.text
    assert small.headers["content-type"] == "image/webp"


def test_the_contract_s_query_and_list_tell_an_admin_nothing_of_it(
    painter: httpx.Client, foreign: dict[str, Any]
):
    task = foreign["output"]["task_id"]

    assert painter.get(f"/tasks/{task}").json()["output"]["task_status"] == "UNKNOWN"
    assert task not in painter.get("/tasks/").text


@pytest.mark.parametrize("path", READS)
def test_other_users_read_nothing_of_it(
    server: RunningKaiga, painter: httpx.Client, foreign: dict[str, Any], path: str
):
    with server.client(make_key(painter, server)["key"]) as user:
        assert user.get(own(server, foreign, path)).status_code == 404


def test_an_admin_can_not_cancel_it(
    server: RunningKaiga, painter: httpx.Client, foreign: dict[str, Any]
):
    assert painter.post(own(server, foreign, "/cancel")).status_code == 404


def test_an_admin_orders_the_same_as_a_task_of_their_own(
    server: RunningKaiga, painter: httpx.Client, foreign: dict[str, Any]
):
    again = painter.post(own(server, foreign, "/rerun"), json={}).json()["task_id"]

    assert server.wait_for_end(painter, again)["output"]["task_status"] == "SUCCEEDED"
