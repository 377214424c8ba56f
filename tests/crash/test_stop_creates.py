"""A server that is told to stop while a create is under way answers it, and only then ends."""

import json
import os
import signal
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from running import CREATE, MODEL, RunningKaiga, wait_until

ORDER = json.dumps({"model": MODEL, "input": {"prompt": "a cat"}}).encode()


@pytest.fixture
def running(start_server: Callable[..., RunningKaiga]) -> RunningKaiga:
    return start_server({"KAIGA_WORKERS": "0"})


def connect(running: RunningKaiga) -> socket.socket:
    address = urlsplit(running.base_url)
    return socket.create_connection((address.hostname, address.port), timeout=30)


def takes_connections(running: RunningKaiga) -> bool:
    try:
        connect(running).close()
    except ConnectionError:
        return False
    return True


def test_a_create_under_way_at_a_stop_is_answered_and_kept(running: RunningKaiga):
    head = (
        f"POST /api/v1{CREATE} HTTP/1.1\r\nHost: localhost\r\nX-DashScope-Async: enable\r\n"
        f"Authorization: Bearer {running.key}\r\nContent-Length: {len(ORDER)}\r\n\r\n"
    )
    with running.client() as client, connect(running) as connection:
        running.submit(client)  # from now on the key is known
        with running.rows().held():
            connection.sendall(head.encode() + ORDER)
            assert client.get("/tasks/x").status_code == 200  # so the create was read, too
            os.kill(running.process_id, signal.SIGTERM)
            wait_until(lambda: not takes_connections(running), "the server is stopping")
        answer = bytearray()
        while more := connection.recv(65536):
            answer += more

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"connection: close" in answer
    task_id = json.loads(answer.partition(b"\r\n\r\n")[2])["output"]["task_id"]
    assert running.stop() == 0
    assert running.select("SELECT status FROM tasks WHERE id = ?", task_id) == [("PENDING",)]
