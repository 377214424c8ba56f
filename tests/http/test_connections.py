"""Connections as clients use and misuse them: kept, pipelined, split, and closed."""

import json
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx

from running import CREATE, MODEL, RunningKaiga, wait_until

ORDER = json.dumps({"model": MODEL, "input": {"prompt": "a cat"}}).encode()


@contextmanager
def connected(running: RunningKaiga) -> Iterator[socket.socket]:
    address = urlsplit(running.base_url)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        yield connection


def request(running: RunningKaiga, method: str, path: str, body: bytes = b"", *more: str) -> bytes:
    lines = [
        f"{method} /api/v1{path} HTTP/1.1",
        "Host: localhost",
        f"Authorization: Bearer {running.key}",
        "X-DashScope-Async: enable",
        *more,
    ]
    if body and not more:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def read_answer(connection: socket.socket, left: bytearray) -> tuple[bytes, dict[str, object]]:
    """Read one answer; bytes of the next one stay in `left`."""
    while b"\r\n\r\n" not in left:
        left += connection.recv(65536)
    head, _, _ = bytes(left).partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length")
    )
    whole = len(head) + 4 + length
    while len(left) < whole:
        left += connection.recv(65536)
    body = bytes(left[len(head) + 4 : whole])
    del left[:whole]
    return head, json.loads(body)


def test_pipelined_requests_are_answered_in_their_order(idle_server: RunningKaiga):
    left = bytearray()
    with connected(idle_server) as connection:
        connection.sendall(
            request(idle_server, "POST", CREATE, ORDER)
            + request(idle_server, "GET", "/tasks/first")
            + request(idle_server, "GET", "/tasks?page_size=1")
            + request(idle_server, "GET", "/tasks/second")
        )
        answers = [read_answer(connection, left)[1] for _ in range(4)]

    assert answers[0]["output"]["task_status"] == "PENDING"
    assert answers[1]["output"]["task_id"] == "first"
    assert answers[2]["page_size"] == 1
    assert answers[3]["output"]["task_id"] == "second"


def test_a_small_body_may_come_in_pieces(idle_server: RunningKaiga):
    whole = request(idle_server, "POST", CREATE, ORDER)
    left = bytearray()
    with connected(idle_server) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(whole), 40):
            connection.sendall(whole[start : start + 40])
        head, created = read_answer(connection, left)

    assert head.startswith(b"HTTP/1.1 200 ")
    assert created["output"]["task_status"] == "PENDING"


def test_a_kept_connection_serves_polls_creates_lists_and_chunked_bodies_in_turn(
    idle_server: RunningKaiga,
):
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(ORDER), ORDER)
    left = bytearray()
    with connected(idle_server) as connection:
        for _ in range(3):
            connection.sendall(request(idle_server, "POST", CREATE, ORDER))
            _, created = read_answer(connection, left)
            path = f"/tasks/{created['output']['task_id']}"
            connection.sendall(request(idle_server, "GET", path))
            assert read_answer(connection, left)[1]["output"]["task_status"] == "PENDING"
            connection.sendall(request(idle_server, "GET", "/tasks"))
            assert read_answer(connection, left)[1]["page_no"] == 1
            more = "Transfer-Encoding: chunked"
            connection.sendall(request(idle_server, "POST", CREATE, chunked, more))
            assert read_answer(connection, left)[1]["output"]["task_status"] == "PENDING"
            connection.sendall(request(idle_server, "POST", f"{path}/cancel"))
            assert set(read_answer(connection, left)[1]) == {"request_id"}


def test_a_connection_asked_to_close_is_closed_after_its_answer(idle_server: RunningKaiga):
    left = bytearray()
    with connected(idle_server) as connection:
        connection.sendall(request(idle_server, "GET", "/tasks/x", b"", "Connection: close"))
        head, _ = read_answer(connection, left)

        assert b"connection: close" in head.lower()
        assert connection.recv(10) == b""


def test_http_1_0_is_answered_and_closed(idle_server: RunningKaiga):
    asked = request(idle_server, "GET", "/tasks/x").replace(b"HTTP/1.1", b"HTTP/1.0")
    left = bytearray()
    with connected(idle_server) as connection:
        connection.sendall(asked)
        _, answer = read_answer(connection, left)

        assert answer["output"]["task_status"] == "UNKNOWN"
        assert connection.recv(10) == b""


def test_a_client_that_hangs_up_in_the_middle_harms_nobody(idle_server: RunningKaiga):
    with connected(idle_server) as connection:
        connection.sendall(request(idle_server, "POST", CREATE, ORDER)[:-10])
    with connected(idle_server) as connection:
        connection.sendall(request(idle_server, "POST", CREATE, ORDER))

    with idle_server.client() as client:
        assert client.get("/tasks/x").json()["output"]["task_status"] == "UNKNOWN"


def test_another_scheme_than_bearer_is_no_key(idle_server: RunningKaiga):
    answer = httpx.get(f"{idle_server.api_url}/tasks/x", headers={"Authorization": "Basic eDp5"})

    assert answer.status_code == 401
    assert answer.json()["code"] == "InvalidApiKey"


def test_creates_sent_at_once_on_one_connection_are_all_answered_in_their_order(
    idle_server: RunningKaiga,
):
    left = bytearray()
    bad = b'{"model":"none"}'
    with connected(idle_server) as connection:
        connection.sendall(
            request(idle_server, "POST", CREATE, ORDER) * 3
            + request(idle_server, "POST", CREATE, bad)
            + request(idle_server, "POST", CREATE, ORDER)
        )
        answers = [read_answer(connection, left)[1] for _ in range(5)]

    assert ["output" in answer for answer in answers] == [True, True, True, False, True]
    assert len({answer["request_id"] for answer in answers}) == 5


def test_a_client_that_hangs_up_before_its_answer_leaves_a_task_and_no_trouble(
    idle_server: RunningKaiga,
):
    prompt = "nobody waits for this"
    order = json.dumps({"model": MODEL, "input": {"prompt": prompt}}).encode()
    sent = 10
    with idle_server.client() as client:
        before = client.get("/tasks").json()["total"]
        for _ in range(sent):
            with connected(idle_server) as connection:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.sendall(request(idle_server, "POST", CREATE, order))

        wait_until(
            lambda: client.get("/tasks").json()["total"] == before + sent,
            "all tasks are there",
        )
    assert "a bug" not in idle_server.log()
