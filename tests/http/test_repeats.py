"""Creates that are sent again: `Idempotency-Key`, and what is recognised without one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from http_calls import create, error_of, is_request_id, make_key, make_order

from running import RunningKaiga

DIFFERS = (
    409,
    "Conflict",
    "This Idempotency-Key belongs to another request. Send a new one with a new request.",
)


@pytest.fixture
def key() -> str:
    return str(uuid4())


@pytest.fixture(scope="module")
def forgiving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningKaiga]:
    """A server without workers that recognises repeats by their content."""
    folder = tmp_path_factory.mktemp("forgiving") / "data"
    running = RunningKaiga(folder, {"KAIGA_WORKERS": "0", "KAIGA_REPEAT_SECONDS": "600"}).start()
    yield running
    running.stop()
    assert "Traceback" not in running.log()


def send(client: httpx.Client, key: str, body: object = None) -> httpx.Response:
    return create(client, body or make_order(), **{"Idempotency-Key": key})


def task_of(response: httpx.Response) -> str:
    assert response.status_code == 200, response.text
    return response.json()["output"]["task_id"]


def test_the_same_key_and_body_get_the_same_answer(client, key):
    first, again = send(client, key), send(client, key)

    assert again.json() == first.json()
    assert "x-kaiga-repeated" not in first.headers
    assert again.headers["x-kaiga-repeated"] == "true"
    assert is_request_id(again.headers["x-request-id"])
    assert again.headers["x-request-id"] != first.headers["x-request-id"]


def test_ten_at_once_with_one_key_make_one_task(client, key):
    with ThreadPoolExecutor(10) as pool:
        tasks = {task_of(each) for each in pool.map(lambda _: send(client, key), range(10))}

    assert len(tasks) == 1


def test_another_body_under_the_same_key_is_refused_for_good(client, key):
    send(client, key)

    refused = send(client, key, make_order("a dog"))

    assert error_of(refused) == DIFFERS
    assert refused.headers["x-should-retry"] == "false"


def test_another_key_or_none_is_another_task(client, key):
    tasks = {task_of(send(client, each)) for each in (key, key + "-2")}
    tasks.add(task_of(create(client, make_order())))

    assert len(tasks) == 3


def test_a_key_means_nothing_to_another_account(client, stranger, key):
    assert task_of(send(client, key)) != task_of(send(stranger, key))


def test_a_key_means_nothing_in_another_workspace(client, idle_server, key):
    made = make_key(client, idle_server, workspace="ws-other")

    with idle_server.client(made["key"]) as other:
        assert task_of(send(client, key)) != task_of(send(other, key))


def test_a_refused_create_leaves_its_key_free(client, key):
    refused = send(client, key, make_order() | {"model": "none"})
    assert refused.status_code == 400

    assert task_of(send(client, key))


def test_an_order_that_breaks_a_rule_is_one_failed_task_however_often_it_is_sent(client, key):
    order = make_order(n=1000)

    first, again = send(client, key, order), send(client, key, order)

    assert again.json() == first.json()
    answer = client.get(f"/tasks/{task_of(first)}").json()
    assert answer["output"]["task_status"] == "FAILED"


@pytest.mark.parametrize("bad", ["a b", "k" * 256, "a\tb"])
def test_a_key_that_can_t_be_one_is_refused(client, bad):
    status, code, message = error_of(send(client, bad))

    assert (status, code) == (400, "InvalidParameter")
    assert "Idempotency-Key" in message


@pytest.mark.parametrize("bad", ["11", "-11", "high", "1.5", "١"])
def test_a_priority_that_can_t_be_one_is_refused(client, bad):
    response = create(client, make_order(), **{"X-Kaiga-Priority": bad.encode("utf-8")})

    status, code, message = error_of(response)

    assert (status, code) == (400, "InvalidParameter")
    assert message == "X-Kaiga-Priority must be a whole number from -10 to 10."


def test_without_a_key_the_same_create_is_recognised_where_the_operator_wants_it(forgiving):
    with forgiving.client() as client:
        first, again = create(client, make_order()), create(client, make_order())
        other = create(client, make_order("a dog"))

    assert again.json() == first.json()
    assert again.headers["x-kaiga-repeated"] == "true"
    assert task_of(other) != task_of(first)


def test_what_is_recognised_by_content_is_each_key_s_own(forgiving):
    with forgiving.client() as client:
        made = make_key(client, forgiving)
        with forgiving.client(made["key"]) as other:
            assert task_of(create(client, make_order())) != task_of(create(other, make_order()))


def test_a_repeat_after_a_restart_is_still_known(tmp_path: Path, key: str):
    server = RunningKaiga(tmp_path / "data", {"KAIGA_WORKERS": "0"}).start()
    with server.client() as client:
        first = send(client, key)
    server.kill()

    server.start()

    with server.client() as client:
        again = send(client, key)
    server.stop()
    assert again.json() == first.json()
