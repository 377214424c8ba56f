"""The server that is held against the contract; nothing that it is asked is kept or redirected."""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Literal, Self, cast

import httpx

from kaiga.cli.client import ServerUnreachable

_TIMEOUT_SECONDS = 60.0
_LONGEST_SHOWN = 300
_WRONG_KEY = "sk-00000000000000000000000000000000"
_THROTTLED = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})

Shown = Literal["own", "none", "wrong"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call; `path` follows `/api/v1/`, `key` is which key is shown."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    body: object = None
    raw_body: bytes | None = None
    key: Shown = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; `members` is the body's, empty where it is no JSON object."""

    status: int
    headers: Mapping[str, str]
    members: Mapping[str, Any]
    text: str

    @property
    def is_ok(self) -> bool:
        """Tell whether the call was answered with what it asked for."""
        return self.status == HTTPStatus.OK

    @property
    def is_throttled(self) -> bool:
        """Tell whether the server refuses to answer just now."""
        return self.status in _THROTTLED

    @property
    def output(self) -> Mapping[str, Any]:
        """The member `output`, empty where there is none."""
        output = self.members.get("output")
        return cast("Mapping[str, Any]", output if isinstance(output, dict) else {})

    def show(self) -> str:
        """Write status and error, or status and names of members."""
        told = self.members
        if {"code", "message"} <= set(told) and told["code"]:
            extra = sorted(set(told) - {"code", "message", "request_id"})
            also = f" (also {', '.join(extra)})" if extra else ""
            return f"{self.status} {told['code']}: {told['message']}{also}"
        if told:
            return f"{self.status} with {', '.join(told)}"
        return f"{self.status} {self.text[:_LONGEST_SHOWN]!r}"


class Target:
    """Calls one server; a context manager that closes its connections."""

    def __init__(self, api_url: str, key: str, certificate: ssl.SSLContext | bool = True) -> None:
        self.api_url = api_url
        self._key = key
        self._client = httpx.Client(
            timeout=_TIMEOUT_SECONDS,
            follow_redirects=False,
            verify=certificate,
            trust_env=not any(
                host in api_url for host in ("//127.0.0.1", "//localhost", "//[::1]")
            ),
        )

    def __enter__(self) -> Self:
        """See the class."""
        return self

    def __exit__(self, *_: object) -> None:
        """See the class."""
        self._client.close()

    def send(self, request: Request, timeout_seconds: float = _TIMEOUT_SECONDS) -> Answer:
        """Send a request.

        Raises:
            ServerUnreachable: it was not answered.
        """
        keys = {"own": self._key, "wrong": _WRONG_KEY}
        shown = keys.get(request.key)
        headers = dict(request.headers)
        if shown is not None:
            headers["Authorization"] = f"Bearer {shown}"
        content = request.raw_body
        if request.body is not None:
            content = json.dumps(request.body, ensure_ascii=False).encode()
        if content is not None:
            headers.setdefault("Content-Type", "application/json")
        try:
            answer = self._client.request(
                request.method,
                f"{self.api_url}/{request.path}",
                content=content,
                headers=headers,
                timeout=timeout_seconds,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServerUnreachable(f"{self.api_url} does not answer: {error}.") from error
        return _read(answer, self._key)

    def open_link(self, url: str) -> tuple[int, str, bytes]:
        """Open an address without a key; gives status, type and bytes.

        Raises:
            ServerUnreachable: it was not answered.
        """
        try:
            answer = self._client.get(url, follow_redirects=True)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServerUnreachable(f"The link does not open: {error}.") from error
        return answer.status_code, answer.headers.get("content-type", ""), answer.content

    def send_form(
        self, url: str, form: Mapping[str, str], name: str, content: bytes
    ) -> tuple[int, str]:
        """Post a file in a form without a key; gives status and text."""
        try:
            answer = self._client.post(url, data=dict(form), files={"file": (name, content)})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ServerUnreachable(f"The upload was not answered: {error}.") from error
        return answer.status_code, answer.text


def _read(answer: httpx.Response, key: str) -> Answer:
    # Whatever a server may echo, the key is never shown.
    text = answer.text.replace(key, "***") if key else answer.text
    try:
        told: object = json.loads(text)
    except ValueError:
        told = None
    members = cast("Mapping[str, Any]", told if isinstance(told, dict) else {})
    headers = {name.lower(): value for name, value in answer.headers.items()}
    return Answer(status=answer.status_code, headers=headers, members=members, text=text)
