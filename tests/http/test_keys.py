"""Keys: made, shown, revoked and expired over HTTP, and the one that a first start makes."""

import re
import stat

import httpx
import pytest
from http_calls import error_of, make_key

from running import wait_until

NEEDS_ADMIN = (403, "AccessDenied", "Access denied. This needs a key with the role admin.")
WRONG_KEY = (401, "InvalidApiKey", "Invalid API-key provided.")


@pytest.fixture(scope="module")
def keys_url(idle_server) -> str:
    return f"{idle_server.base_url}/kaiga/v1/keys"


def test_a_made_key_works_at_once_and_is_shown_without_its_text(idle_server, client, keys_url):
    made = make_key(client, idle_server, name="for tests")

    (listed,) = [key for key in client.get(keys_url).json()["keys"] if key["id"] == made["id"]]

    with idle_server.client(made["key"]) as newcomer:
        assert newcomer.get("/tasks").status_code == 200
    assert re.fullmatch(r"sk-[0-9a-f]{32}", made["key"])
    assert listed["name"] == "for tests"
    assert listed["role"] == "user"
    assert made["key"] not in client.get(keys_url).text
    assert made["key"].startswith(listed["prefix"].rstrip("."))


def test_two_made_keys_differ(idle_server, client):
    first, second = (make_key(client, idle_server) for _ in range(2))

    assert first["key"] != second["key"]
    assert first["id"] != second["id"]


def test_a_revoked_key_is_refused_at_once(idle_server, client, keys_url):
    made = make_key(client, idle_server)
    with idle_server.client(made["key"]) as leaver:
        assert leaver.get("/tasks").status_code == 200

        revoked = client.delete(f"{keys_url}/{made['id']}")

        assert revoked.status_code == 200
        assert error_of(leaver.get("/tasks")) == WRONG_KEY
    assert made["id"] not in [key["id"] for key in client.get(keys_url).json()["keys"]]


@pytest.mark.parametrize("key_id", ["999999999", "0", "-1", "one", "%00", "%2e%2e", "9" * 40])
def test_a_key_that_is_not_there_can_not_be_revoked(client, keys_url, key_id):
    assert error_of(client.delete(f"{keys_url}/{key_id}"))[:2] == (404, "NotFound")


def test_a_key_is_revoked_only_once(idle_server, client, keys_url):
    made = make_key(client, idle_server)
    client.delete(f"{keys_url}/{made['id']}")

    assert error_of(client.delete(f"{keys_url}/{made['id']}"))[:2] == (404, "NotFound")


def test_an_expired_key_is_refused(idle_server, client):
    made = make_key(client, idle_server, expires_in_hours=2 / 3600)

    with idle_server.client(made["key"]) as leaver:
        assert leaver.get("/tasks").status_code == 200
        wait_until(lambda: leaver.get("/tasks").status_code == 401, "the key has expired")

        assert error_of(leaver.get("/tasks")) == WRONG_KEY


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/kaiga/v1/keys"),
        ("POST", "/kaiga/v1/keys"),
        ("DELETE", "/kaiga/v1/keys/1000001"),
        ("POST", "/kaiga/v1/links/rotate"),
    ],
)
def test_a_key_with_the_role_user_administers_nothing(idle_server, client, method, path):
    made = make_key(client, idle_server, role="user")

    with idle_server.client(made["key"]) as user:
        response = user.request(method, idle_server.base_url + path)

    assert error_of(response) == NEEDS_ADMIN


@pytest.mark.parametrize(
    ("method", "path"), [("GET", "/kaiga/v1/keys"), ("DELETE", "/kaiga/v1/keys/1000001")]
)
def test_administration_needs_a_key(idle_server, method, path):
    response = httpx.request(method, idle_server.base_url + path)

    assert error_of(response) == (401, "InvalidApiKey", "No API-key provided.")


def test_administration_needs_a_key_before_the_body_is_looked_at(keys_url):
    response = httpx.post(keys_url, content=b"{not json")

    assert error_of(response)[0] == 401


@pytest.mark.parametrize(
    "wanted",
    [
        {"role": "root"},
        {"role": 1},
        {"name": 7},
        {"name": "x" * 10_000},
        {"expires_in_hours": 0},
        {"expires_in_hours": -1},
        {"expires_in_hours": 1e300},
        {"expires_in_hours": "soon"},
        {"account": ""},
        {"account": " "},
        {"account": "../x"},
        {"account": ".."},
        {"account": "a/b"},
        {"account": "a\0"},
        {"account": "x" * 300},
        {"account": "花"},
        {"workspace": "../x"},
        {"workspace": ""},
        [],
        "text",
        7,
    ],
)
def test_a_key_that_can_not_be_is_refused(client, keys_url, wanted):
    before = len(client.get(keys_url).json()["keys"])

    response = client.post(keys_url, json=wanted)

    assert error_of(response)[:2] == (400, "InvalidParameter")
    assert len(client.get(keys_url).json()["keys"]) == before


def test_a_body_that_is_no_json_makes_no_key(client, keys_url):
    assert error_of(client.post(keys_url, content=b"{"))[:2] == (400, "InvalidParameter")


def test_an_admin_key_made_over_http_administers(idle_server, client, keys_url):
    made = make_key(client, idle_server, role="admin")

    with idle_server.client(made["key"]) as colleague:
        assert colleague.get(keys_url).status_code == 200


def test_a_first_start_without_a_key_leaves_one_for_this_machine(start_server):
    server = start_server({"KAIGA_API_KEY": "", "KAIGA_WORKERS": "0"})
    file = server.data / "local-key"
    key = file.read_text().strip()

    with server.client(key) as client:
        keys = client.get(f"{server.base_url}/kaiga/v1/keys").json()["keys"]
        mode = stat.S_IMODE(file.stat().st_mode)
        assert mode == 0o600
        assert [(made["role"], key.startswith(made["prefix"].rstrip("."))) for made in keys] == [
            ("admin", True)
        ]
        assert server.log().count(key) <= 1

        client.delete(f"{server.base_url}/kaiga/v1/keys/{keys[0]['id']}")

        assert not file.exists()
        assert error_of(client.get("/tasks")) == WRONG_KEY


def test_the_database_holds_no_text_of_any_key(idle_server, client):
    made = make_key(client, idle_server)

    files = [file for file in idle_server.data.rglob("*") if file.is_file()]

    assert files
    for file in files:
        content = file.read_bytes()
        for key in (made["key"], idle_server.key):
            assert key.encode() not in content
            assert key.encode("utf-16-le") not in content
