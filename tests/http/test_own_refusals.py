"""What Kaiga's own routes answer to calls that can't be, each route of the description alike."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from http_calls import create, error_of, make_key, make_order

from running import RunningKaiga

METHODS = ("get", "post", "put", "patch", "delete")
OF_FILES = ("/kaiga/v1/uploads", "/1d/")
"""What answers as XML, like storage; other tests are about it."""
OPENAI = "/v1/"
"""What answers in OpenAI's shape; tests/http/test_openai_orders.py is about it."""
NO_OBJECTS = [b"[]", b"null", b'"x"', b"1", b"{", b"\xff", b"[" * 100_000, b'{"a": "\\ud800"']


@pytest.fixture(scope="module")
def keeping_server(module_server) -> RunningKaiga:
    """A server without workers that keeps what is to be kept."""
    return module_server({"KAIGA_WORKERS": "0", "KAIGA_KEEP_DAYS": "7"})


@pytest.fixture(scope="module")
def owner(keeping_server: RunningKaiga) -> Iterator[httpx.Client]:
    """A client with an admin key, for addresses from the root on."""
    with keeping_server.client() as client:
        yield client
    assert "Traceback" not in keeping_server.log()


@pytest.fixture(scope="module")
def ended(owner: httpx.Client) -> str:
    """A task that could not be, and so has ended at once."""
    return create(owner, make_order(size="1*1")).json()["output"]["task_id"]


@pytest.fixture(scope="module")
def paths(keeping_server: RunningKaiga) -> dict[str, dict[str, Any]]:
    described = httpx.get(f"{keeping_server.base_url}/openapi.json").json()["paths"]
    return {
        path: item
        for path, item in described.items()
        if not path.startswith(("/api", OPENAI, *OF_FILES))
    }


def test_another_method_than_is_described_does_nothing(owner, keeping_server, paths):
    wrong: list[str] = []
    for path, item in paths.items():
        for method in set(METHODS) - item.keys():
            answer = owner.request(method, keeping_server.base_url + fill_in(path, "nobody"))
            status, _, message = error_of(answer)
            # Where a name stands in the path of another route, that one has no such thing.
            if status != 404 and not (status == 400 and "Request method" in message):
                wrong.append(f"{method} {path}: {answer.status_code} {answer.text}")

    assert wrong == []


def test_a_task_is_there_for_its_own_account_alone(owner, keeping_server, paths, ended):
    key = make_key(owner, keeping_server, account="1000000000000002")["key"]
    of_tasks = [
        (method, keeping_server.base_url + fill_in(path, ended))
        for path, item in paths.items()
        for method in METHODS
        if "{task_id}" in path and method in item
    ]

    with keeping_server.client(key) as stranger:
        refused = [error_of(stranger.request(*asked))[:2] for asked in of_tasks]

    assert len(refused) > 6
    assert set(refused) == {(404, "NotFound")}
    assert owner.post(f"{keeping_server.base_url}/kaiga/v1/tasks/{ended}/keep").status_code == 200


@pytest.mark.parametrize("body", NO_OBJECTS, ids=lambda body: repr(body[:12]))
def test_a_body_that_is_no_object_is_refused(owner, keeping_server, paths, ended, body):
    wrong: list[str] = []
    for path, item in paths.items():
        for method in (name for name in METHODS if "requestBody" in item.get(name, {})):
            answer = owner.request(
                method,
                keeping_server.base_url + fill_in(path, ended),
                content=body,
                headers={"X-Kaiga-Console": "1"},
            )
            if error_of(answer)[:2] != (400, "InvalidParameter"):
                wrong.append(f"{method} {path}: {answer.status_code} {answer.text}")

    assert wrong == []


def fill_in(path: str, task_id: str) -> str:
    """Write a path with a task's id, and with what is nobody's in all other places."""
    return "/".join(
        {"{task_id}": task_id, "{number}": "1"}.get(part, "nobody" if part[:1] == "{" else part)
        for part in path.split("/")
    )
