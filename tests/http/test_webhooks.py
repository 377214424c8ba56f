"""Webhooks as clients have them: a real receiver is told, and the log says what came of it."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx
import pytest
from http_calls import create, error_of, make_key, make_order

from receiving import Receiver, open_receiver
from running import RunningKaiga, wait_until

OTHER_ACCOUNT = "1000000000000076"


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with open_receiver() as opened:
        yield opened


@pytest.fixture(scope="module")
def telling_server(
    module_server: Callable[[Mapping[str, str]], RunningKaiga],
) -> RunningKaiga:
    """A server that paints, may tell this machine, and tries again soon."""
    return module_server({"KAIGA_FETCH_ALLOW": "127.0.0.1", "KAIGA_WEBHOOK_RETRY_SECONDS": "0.01"})


@pytest.fixture(scope="module")
def admin(telling_server: RunningKaiga) -> Iterator[httpx.Client]:
    with telling_server.client() as client:
        yield client
    assert "Traceback" not in telling_server.log()


class Account:
    """One account with a key of its own, and its calls about webhooks."""

    def __init__(self, server: RunningKaiga, client: httpx.Client) -> None:
        self.client = client
        self._url = f"{server.base_url}/kaiga/v1/webhooks"

    def call(self, method: str, path: str = "", **arguments: Any) -> httpx.Response:
        return self.client.request(method, f"{self._url}{path}", **arguments)

    def add(self, url: str) -> dict[str, Any]:
        answer = self.call("POST", json={"url": url})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def webhooks(self) -> list[dict[str, Any]]:
        return self.call("GET").json()["webhooks"]

    def secret(self) -> str:
        return self.call("GET", "/secret").json()["secret"]

    def log(self, **wanted: str) -> list[dict[str, Any]]:
        return self.call("GET", "/deliveries", params=wanted).json()["deliveries"]

    def wait_for_state(self, state: str, **wanted: str) -> dict[str, Any]:
        wait_until(lambda: self.log(state=state, **wanted), f"a delivery is {state}")
        return self.log(state=state, **wanted)[0]


@pytest.fixture
def account(
    telling_server: RunningKaiga, admin: httpx.Client, request: pytest.FixtureRequest
) -> Iterator[Account]:
    """An account of the test's own."""
    name = f"account-{abs(hash(request.node.name))}"
    made = make_key(admin, telling_server, account=name)
    with telling_server.client(made["key"]) as client:
        yield Account(telling_server, client)


def submit(account: Account, order: object = None, **headers: str) -> str:
    answer = create(account.client, order or make_order(), **headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["output"]["task_id"]


def test_an_account_s_address_is_told_of_the_end_of_a_task(account: Account, receiver: Receiver):
    made = account.add(receiver.url("/account"))

    task_id = submit(account)

    [told] = receiver.wait_for("/account")
    event = told.verify(made["secret"])
    assert told.headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    assert event["type"] == "dashscope:System:AsyncTaskFinish"
    assert event["id"] == told.headers["webhook-id"]
    data = event["data"]
    assert (data["task_id"], data["task_status"]) == (task_id, "SUCCEEDED")
    answer = account.client.get(f"/tasks/{task_id}").json()
    assert data["end_time"] == answer["output"]["end_time"][:19]
    delivery = account.wait_for_state("DELIVERED", task_id=task_id)
    assert (delivery["tries"], delivery["answer_status"], delivery["answer"]) == (1, 204, "")


def test_an_address_of_one_task_is_told_of_that_task_alone(account: Account, receiver: Receiver):
    first = submit(account, **{"X-Kaiga-Webhook": receiver.url("/own?of=1")})
    second = submit(account)

    [told] = receiver.wait_for("/own?of=1")

    assert told.verify(account.secret())["data"]["task_id"] == first
    account.wait_for_state("DELIVERED", task_id=first)
    assert account.log(task_id=second) == []


def test_a_task_that_fails_at_once_is_told(account: Account, receiver: Receiver):
    task_id = submit(
        account, make_order(size="1*1"), **{"X-Kaiga-Webhook": receiver.url("/failed")}
    )

    [told] = receiver.wait_for("/failed")

    data = told.verify(account.secret())["data"]
    assert (data["task_id"], data["task_status"]) == (task_id, "FAILED")


def test_a_receiver_that_fails_is_told_again_with_the_same_event(
    account: Account, receiver: Receiver
):
    receiver.statuses["/unwell"] = [500, 302, 200]
    account.add(receiver.url("/unwell"))

    task_id = submit(account, make_order(size="1*1"))

    told = receiver.wait_for("/unwell", 3)
    assert len({each.headers["webhook-id"] for each in told}) == 1
    assert len({each.body for each in told}) == 1
    delivery = account.wait_for_state("DELIVERED")
    assert (delivery["task_id"], delivery["tries"], delivery["answer"]) == (task_id, 3, "done")


def test_a_receiver_that_is_gone_is_told_once_and_never_again(account: Account, receiver: Receiver):
    receiver.statuses["/gone"] = [410]
    account.add(receiver.url("/gone"))

    submit(account, make_order(size="1*1"))
    delivery = account.wait_for_state("GIVEN_UP")
    second = submit(account, make_order(size="1*1"))

    assert (delivery["tries"], delivery["answer_status"]) == (1, 410)
    assert account.webhooks()[0]["disabled_at"] is not None
    assert account.log(task_id=second) == []
    assert len(receiver.told_at("/gone")) == 1


def test_a_delivery_is_made_again_on_request(account: Account, receiver: Receiver):
    account.add(receiver.url("/again"))
    submit(account, make_order(size="1*1"))
    delivery = account.wait_for_state("DELIVERED")

    account.call("POST", f"/deliveries/{delivery['id']}/redeliver").raise_for_status()

    first, second = receiver.wait_for("/again", 2)
    assert first.body == second.body


def test_a_sample_goes_the_way_of_every_notice(account: Account, receiver: Receiver):
    made = account.add(receiver.url("/sample"))

    sent = account.call("POST", f"/{made['id']}/test").json()

    [told] = receiver.wait_for("/sample")
    task_id = told.verify(made["secret"])["data"]["task_id"]
    assert account.wait_for_state("DELIVERED")["id"] == sent["delivery_id"]
    status = account.client.get(f"/tasks/{task_id}").json()["output"]["task_status"]
    assert status == "UNKNOWN"


def test_a_removed_address_is_told_nothing_more(account: Account, receiver: Receiver):
    made = account.add(receiver.url("/removed"))

    account.call("DELETE", f"/{made['id']}").raise_for_status()
    submit(account, make_order(size="1*1"))

    assert account.webhooks() == []
    assert account.log() == []
    assert error_of(account.call("DELETE", f"/{made['id']}"))[:2] == (404, "NotFound")


def test_a_secret_is_shown_once_and_an_address_is_there_once(account: Account):
    made = account.add("https://told.example/ends")

    again = account.call("POST", json={"url": "https://told.example/ends"})

    assert error_of(again)[:2] == (409, "Conflict")
    assert [each["id"] for each in account.webhooks()] == [made["id"]]
    assert made["secret"].startswith("whsec_")
    assert made["secret"] not in account.call("GET").text


@pytest.mark.parametrize("url", ["", "told.example", "http://a b/", "file:///etc/passwd", 7, None])
def test_what_is_no_address_is_refused_and_named(account: Account, url: object):
    status, code, message = error_of(account.call("POST", json={"url": url}))

    assert (status, code) == (400, "InvalidParameter")
    assert "url" in message


def test_a_bad_address_in_the_header_is_refused_and_makes_no_task(account: Account):
    answer = create(account.client, make_order(), **{"X-Kaiga-Webhook": "told.example"})

    status, code, message = error_of(answer)
    assert (status, code) == (400, "InvalidParameter")
    assert message.startswith("X-Kaiga-Webhook must be an address")
    assert account.client.get("/tasks").json()["total"] == 0


def test_an_account_sees_and_changes_its_own_webhooks_alone(
    account: Account, telling_server: RunningKaiga, admin: httpx.Client
):
    made = account.add("https://told.example/ends")
    key = make_key(admin, telling_server, account=OTHER_ACCOUNT)["key"]

    with telling_server.client(key) as client:
        other = Account(telling_server, client)
        theirs = other.webhooks()
        removed = other.call("DELETE", f"/{made['id']}")
        asked = other.call("GET", params={"account": "1000000000000001"})

    assert theirs == []
    assert removed.status_code == 404
    assert error_of(asked)[:2] == (403, "AccessDenied")


def test_an_admin_may_name_an_account(
    account: Account, telling_server: RunningKaiga, admin: httpx.Client
):
    made = account.add("https://told.example/ends")

    named = Account(telling_server, admin).call("GET", params={"account": made["account"]})

    assert [each["url"] for each in named.json()["webhooks"]] == ["https://told.example/ends"]


def test_a_temporary_key_administers_no_webhooks(account: Account, telling_server: RunningKaiga):
    token = account.client.post("/tokens").json()["token"]

    with telling_server.client(token) as client:
        refused = Account(telling_server, client).call("POST", json={"url": "https://a.example"})

    assert error_of(refused)[:2] == (403, "AccessDenied")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/99/test", 404),
        ("POST", "/deliveries/99/redeliver", 404),
        ("GET", "/deliveries?state=LOST", 400),
        ("GET", "/deliveries?limit=0", 400),
        ("PUT", "", 400),
        ("GET", "/nothing", 400),
    ],
)
def test_what_cannot_be_is_refused(account: Account, method: str, path: str, status: int):
    assert error_of(account.call(method, path))[0] == status


def test_webhooks_need_a_key(telling_server: RunningKaiga):
    answer = httpx.get(f"{telling_server.base_url}/kaiga/v1/webhooks")

    assert error_of(answer)[0] == 401


def test_a_canceled_task_is_told_and_this_machine_is_not_asked_unless_allowed(
    client: httpx.Client, idle_server: RunningKaiga, receiver: Receiver
):
    task_id = create(client, make_order(), **{"X-Kaiga-Webhook": receiver.url("/private")}).json()[
        "output"
    ]["task_id"]
    own = Account(idle_server, client)

    client.post(f"/tasks/{task_id}/cancel").raise_for_status()

    wait_until(lambda: own.log(task_id=task_id)[0]["tries"], "it was tried")
    [delivery] = own.log(task_id=task_id)
    assert (delivery["task_status"], delivery["state"]) == ("CANCELED", "WAITING")
    assert "has no public address" in delivery["trouble"]
    assert receiver.told_at("/private") == []
    assert json.dumps(delivery).count(receiver.url()) == 1
