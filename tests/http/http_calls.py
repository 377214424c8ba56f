"""What the tests of the HTTP edge send, and how they read what comes back."""

import json
import re
import select
import socket
from collections.abc import Mapping
from typing import Any, Self
from uuid import UUID

import httpx

from running import CREATE, MODEL, RunningKaiga

ENABLE = {"X-DashScope-Async": "enable"}
TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}")
JSON = "application/json"
JSON_UTF8 = "application/json;charset=UTF-8"
CREATE_PATH = f"/api/v1{CREATE}"
_PATIENCE_SECONDS = 30


def make_order(prompt: object = "a cat", **parameters: object) -> dict[str, Any]:
    """Make the body of a create call of one small picture."""
    return {
        "model": MODEL,
        "input": {"prompt": prompt},
        "parameters": {"n": 1, "size": "768*768", "prompt_extend": False, **parameters},
    }


def create(client: httpx.Client, body: object, **headers: str) -> httpx.Response:
    """Call the create route; `body` is sent as it is where it is bytes, else as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return client.post(CREATE, content=content, headers={**ENABLE, **headers})


def error_of(response: httpx.Response) -> tuple[int, str, str]:
    """Give status, code and message of an answer that must be a flat error of the contract."""
    assert response.headers["content-type"] == JSON
    error = response.json()
    assert error.keys() == {"code", "message", "request_id"}
    assert response.headers["x-request-id"] == error["request_id"]
    return response.status_code, error["code"], error["message"]


def is_request_id(text: str) -> bool:
    return str(UUID(text)) == text and text.split("-")[2].startswith("9")


def make_key(admin: httpx.Client, server: RunningKaiga, **wanted: object) -> dict[str, Any]:
    """Have a key made through the admin route."""
    response = admin.post(f"{server.base_url}/kaiga/v1/keys", json=wanted)
    assert response.status_code == 200, response.text
    return response.json()


class RawConnection:
    """One TCP connection on which a test says exactly what it wants to."""

    def __init__(self, server: RunningKaiga) -> None:
        host, _, port = server.base_url.removeprefix("http://").rpartition(":")
        self._socket = socket.create_connection((host, int(port)), timeout=_PATIENCE_SECONDS)
        self._key = server.key

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._socket.close()

    def send(self, content: bytes) -> None:
        self._socket.sendall(content)

    def begin(self, headers: Mapping[str, str], line: str = f"POST {CREATE_PATH} HTTP/1.1") -> None:
        """Send a request line and headers; a create call with a good key unless told otherwise."""
        usual = {"Host": "kaiga.test", "Authorization": f"Bearer {self._key}", **ENABLE}
        lines = [line, *(f"{name}: {value}" for name, value in {**usual, **headers}.items())]
        self.send("\r\n".join([*lines, "", ""]).encode("utf-8"))

    def wait_for(self, expected: bytes) -> bytes:
        """Read until `expected` has come; gives everything that came until then."""
        received = b""
        while expected not in received:
            more = self._socket.recv(65536)
            assert more, f"the connection ended after {received!r}"
            received += more
        return received

    def has_answer(self) -> bool:
        """Tell whether there is something to read already."""
        readable, _, _ = select.select([self._socket], [], [], 0)
        return bool(readable)

    def read_answer(self) -> tuple[int, dict[str, str], bytes]:
        """Read one whole answer that has a Content-Length."""
        received = self.wait_for(b"\r\n\r\n")
        head, _, body = received.partition(b"\r\n\r\n")
        status_line, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(": ") for line in lines)
        headers = {name.lower(): value for name, _, value in pairs}
        while len(body) < int(headers["content-length"]):
            more = self._socket.recv(65536)
            assert more, "the connection ended within the body"
            body += more
        return int(status_line.split()[1]), headers, body
