"""`POST /tokens`: keys that end by themselves."""

import time

import httpx
import pytest
from http_calls import create, error_of, make_key, make_order

from running import wait_until

WRONG_KEY = (401, "InvalidApiKey", "Invalid API-key provided.")


def mint(client: httpx.Client, query: str = "") -> dict[str, object]:
    answer = client.post(f"/tokens{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_the_answer_has_two_members_and_no_wrapper(client):
    before = int(time.time())

    answer = client.post("/tokens?expire_in_seconds=90")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    minted = answer.json()
    assert minted.keys() == {"token", "expires_at"}
    assert minted["token"].startswith("st-")
    assert type(minted["expires_at"]) is int
    assert before + 90 <= minted["expires_at"] <= int(time.time()) + 91


def test_without_a_number_a_token_lives_for_a_minute(client):
    before = int(time.time())

    for query in ("", "?expire_in_seconds="):
        assert before + 60 <= mint(client, query)["expires_at"] <= int(time.time()) + 61


@pytest.mark.parametrize("path", ["/tokens?expire_in_seconds=5", "/tokens/?expire_in_seconds=5"])
def test_a_body_and_a_slash_do_no_harm(client, path):
    assert client.post(path, json={"expire_in_seconds": 9}).status_code == 200


@pytest.mark.parametrize(
    "asked", ["0", "1801", "-1", "1.5", "x", "1e3", "9" * 40, "%EF%BC%91", "60%20"]
)
def test_a_number_out_of_range_is_refused(client, asked):
    assert error_of(client.post(f"/tokens?expire_in_seconds={asked}")) == (
        400,
        "InvalidParameter",
        "Range of expire_in_seconds should be [1, 1800]",
    )


def test_a_token_creates_and_queries_as_its_parent(idle_server, client):
    with idle_server.client(str(mint(client)["token"])) as holder:
        task_id = create(holder, make_order()).json()["output"]["task_id"]

        assert holder.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "PENDING"
        assert holder.post(f"/tasks/{task_id}/cancel").status_code == 200
    assert client.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "CANCELED"


def test_a_token_of_another_account_sees_nothing(idle_server, client, stranger):
    task_id = idle_server.submit(client)

    with idle_server.client(str(mint(stranger)["token"])) as holder:
        assert holder.get(f"/tasks/{task_id}").json()["output"]["task_status"] == "UNKNOWN"


def test_a_token_makes_no_other_one(idle_server, client):
    with idle_server.client(str(mint(client)["token"])) as holder:
        assert error_of(holder.post("/tokens"))[:2] == (403, "AccessDenied")


def test_a_token_of_an_admin_administers_nothing(idle_server, client):
    keys = f"{idle_server.base_url}/kaiga/v1/keys"

    with idle_server.client(str(mint(client)["token"])) as holder:
        assert error_of(holder.get(keys))[:2] == (403, "AccessDenied")
        assert error_of(holder.post(keys, json={}))[:2] == (403, "AccessDenied")


def test_a_token_is_refused_once_it_has_expired(idle_server, client):
    with idle_server.client(str(mint(client, "?expire_in_seconds=1")["token"])) as holder:
        assert holder.get("/tasks").status_code == 200
        wait_until(lambda: holder.get("/tasks").status_code == 401, "the token has expired")

        assert error_of(holder.get("/tasks")) == WRONG_KEY


def test_a_token_dies_with_its_parent_at_once(idle_server, client):
    parent = make_key(client, idle_server)
    with idle_server.client(parent["key"]) as owner:
        token = str(mint(owner, "?expire_in_seconds=1800")["token"])
    with idle_server.client(token) as holder:
        assert holder.get("/tasks").status_code == 200

        client.delete(f"{idle_server.base_url}/kaiga/v1/keys/{parent['id']}")

        assert error_of(holder.get("/tasks")) == WRONG_KEY


def test_a_token_is_good_after_a_restart(start_server):
    server = start_server({"KAIGA_WORKERS": "0"})
    with server.client() as client:
        token = str(mint(client, "?expire_in_seconds=1800")["token"])
    server.stop()

    server.start()

    with server.client(token) as holder:
        assert holder.get("/tasks").status_code == 200


def test_a_token_of_another_service_is_refused(server, painter, idle_server):
    token = str(mint(painter)["token"])

    with idle_server.client(token) as holder:
        assert error_of(holder.get("/tasks")) == WRONG_KEY
    with server.client(token) as holder:
        assert holder.get("/tasks").status_code == 200


def test_a_token_is_listed_nowhere(idle_server, client):
    keys = f"{idle_server.base_url}/kaiga/v1/keys"
    before = client.get(keys).json()["keys"]

    mint(client)

    assert [key["id"] for key in client.get(keys).json()["keys"]] == [key["id"] for key in before]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer sk-wrong"}])
def test_a_token_needs_a_good_key(idle_server, headers):
    answer = httpx.post(f"{idle_server.api_url}/tokens", headers=headers)

    assert error_of(answer)[:2] == (401, "InvalidApiKey")


def test_another_method_is_refused(client):
    assert error_of(client.get("/tokens"))[:2] == (400, "InvalidParameter")
