"""What result links begin with: the caller's own address, a proxy's, or a setting."""

import json
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from http_calls import RawConnection

from running import RunningKaiga

PAINTED_AT = "https://kaiga.example.com/paint"


@pytest.fixture(scope="module")
def proxied(module_server) -> tuple[RunningKaiga, str]:
    """A server that trusts proxies on this machine, and a finished task of it."""
    server = module_server({"KAIGA_TRUSTED_PROXIES": "127.0.0.0/8"})
    with server.client() as client:
        return server, server.wait_for_end(client, server.submit(client))["output"]["task_id"]


def ask(server: RunningKaiga, task_id: str, headers: dict[str, str]) -> dict[str, Any]:
    """Query a task with raw headers, as httpx would not send them."""
    with RawConnection(server) as connection:
        connection.begin(headers, f"GET /api/v1/tasks/{task_id} HTTP/1.1")
        status, _, body = connection.read_answer()
    assert status == 200
    return json.loads(body)["output"]


def base_of(output: dict[str, Any]) -> str:
    parts = urlsplit(output["results"][0]["url"])
    return f"{parts.scheme}://{parts.netloc}"


@pytest.mark.parametrize(
    "host",
    [
        "localhost:8600",
        "kaiga",
        "ws-default.cn-beijing.localhost:1234",
        "10.1.2.3",
        "[::1]:8600",
        "KAIGA.Example.COM",
    ],
)
def test_links_begin_with_the_host_that_was_asked(server, painted, host):
    output = ask(server, painted["output"]["task_id"], {"Host": host})

    assert base_of(output) == f"http://{host}"


def test_two_callers_get_links_to_the_hosts_they_used(server, painted):
    task_id = painted["output"]["task_id"]

    bases = [base_of(ask(server, task_id, {"Host": host})) for host in ("one:1", "two:2", "one:1")]

    assert bases == ["http://one:1", "http://two:2", "http://one:1"]


def test_the_host_of_the_create_is_not_kept(server, painter):
    with RawConnection(server) as connection:
        order = json.dumps({"model": "wan2.5-t2i-preview", "input": {"prompt": "a"}}).encode()
        connection.begin({"Host": "evil.example.com", "Content-Length": str(len(order))})
        connection.send(order)
        _, _, body = connection.read_answer()
    task_id = json.loads(body)["output"]["task_id"]

    answer = server.wait_for_end(painter, task_id)

    assert base_of(answer["output"]) == server.base_url


@pytest.mark.parametrize(
    "host",
    [
        "",
        'a"b',
        "a\\b",
        "a b",
        "evil.com/path",
        "evil.com?x",
        "evil.com#x",
        "user@evil.com",
        "a:b:c",
        "a:123456",
        "<script>",
        "h\u00f6st",
        "a" * 300,
        "[::1",
        "a\tb",
        "{}",
        "a&b",
    ],
)
def test_a_host_that_is_no_host_gets_into_no_link(server, painted, host):
    output = ask(server, painted["output"]["task_id"], {"Host": host})

    assert base_of(output) == server.base_url


def test_forwarded_headers_of_strangers_do_not_count(server, painted):
    headers = {
        "Host": "asked.example.com",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example.com",
        "Forwarded": "host=evil.example.com;proto=https",
    }

    output = ask(server, painted["output"]["task_id"], headers)

    assert base_of(output) == "http://asked.example.com"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (
            {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "kaiga.example.com"},
            "https://kaiga.example.com",
        ),
        ({"X-Forwarded-Proto": "https"}, "https://inside"),
        ({"X-Forwarded-Host": "kaiga.example.com:444"}, "http://kaiga.example.com:444"),
        ({"X-Forwarded-Host": "one.example.com, two.example.com"}, "http://one.example.com"),
        ({}, "http://inside"),
    ],
)
def test_forwarded_headers_of_trusted_proxies_count(proxied, headers, expected):
    output = ask(*proxied, {"Host": "inside", **headers})

    assert base_of(output) == expected


@pytest.mark.parametrize(
    "headers", [{"X-Forwarded-Host": 'a"b'}, {"X-Forwarded-Proto": "javascript"}]
)
def test_nonsense_from_a_trusted_proxy_gets_into_no_link(proxied, headers):
    server, task_id = proxied

    output = ask(server, task_id, {"Host": "inside", **headers})

    assert base_of(output) in {server.base_url, "http://inside"}


def test_by_setting_links_begin_with_the_public_address(module_server):
    server = module_server({"KAIGA_PUBLIC_URL": PAINTED_AT})
    with server.client() as client:
        task_id = server.submit(client)
        server.wait_for_end(client, task_id)

    output = ask(server, task_id, {"Host": "asked", "X-Forwarded-Host": "evil.example.com"})

    url = output["results"][0]["url"]
    assert url.startswith(f"{PAINTED_AT}/1d/")
    behind_the_proxy = server.base_url + url.removeprefix(PAINTED_AT)
    assert httpx.get(behind_the_proxy).status_code == 200
