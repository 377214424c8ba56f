"""Control over an emulator that runs, known by its address and a key."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Self
from urllib.parse import urlsplit

import httpx

from kaiga.testing.control_calls import ControlCalls

_ANSWER_SECONDS = 60.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class EmulatorUnreachable(Exception):
    """Nothing answers at the emulator's address."""


class ControlRefused(Exception):
    """The emulator answered with an error: its HTTP `status`, `code` and `message`."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


class EmulatorControl(ControlCalls):
    """An emulator as one key sees it; a context manager that closes its connections.

    `url` is the server's address, such as `http://127.0.0.1:8600`; `base_url` the API's below it.

    Every call raises:
        EmulatorUnreachable: nothing answers.
        ControlRefused: the emulator does not do it; the message says why.
    """

    def __init__(self, url: str, key: str) -> None:
        super().__init__(self._exchange)
        self.url = url.rstrip("/").removesuffix("/api/v1")
        self.key = key
        self._client = httpx.Client(
            headers={"Authorization": f"Bearer {key}"},
            timeout=_ANSWER_SECONDS,
            # A proxy for the world outside can't reach this machine's own loopback.
            trust_env=urlsplit(url).hostname not in _LOOPBACK,
        )

    def __enter__(self) -> Self:
        """See the class."""
        return self

    def __exit__(self, *_: object) -> None:
        """See the class."""
        self._client.close()

    @property
    def base_url(self) -> str:
        """The address of the API, as clients take it."""
        return f"{self.url}/api/v1"

    def env(self) -> dict[str, str]:
        """Give the variables that have the official SDKs call here with this key."""
        return {"DASHSCOPE_API_KEY": self.key, "DASHSCOPE_HTTP_BASE_URL": self.base_url}

    def _exchange(self, method: str, path: str, body: Mapping[str, object] | None) -> bytes:
        try:
            answer = self._client.request(method, f"{self.url}/kaiga/v1/{path}", json=body)
        except httpx.HTTPError as error:
            raise EmulatorUnreachable(f"{self.url} does not answer: {error}.") from error
        if not answer.is_success:
            raise _refusal_of(answer)
        return answer.content


def _refusal_of(answer: httpx.Response) -> ControlRefused:
    told: object = None
    with suppress(json.JSONDecodeError, UnicodeDecodeError):
        told = answer.json()
    match told:
        case {"code": str(code), "message": str(message)}:
            return ControlRefused(answer.status_code, code, message)
        case _:
            name = f"HTTP {answer.status_code}"
            return ControlRefused(answer.status_code, name, "the server gives no reason")
