"""Calls to the recorder and the replay within the test's own process."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kaiga.http.asgi import Application

KEY = "sk-0123456789abcdef0123456789abcdef"
HOST = "127.0.0.1:8601"
TASK = "/api/v1/tasks/0198f0a0-0000-7000-8000-000000000000"
ORDER = "/api/v1/services/aigc/text2image/image-synthesis"


@dataclass(frozen=True, kw_only=True)
class Told:
    """An answer; `is_whole` tells whether its end was sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool

    @property
    def members(self) -> dict[str, Any]:
        return json.loads(self.body)


async def ask(
    application: Application,
    method: str,
    address: str,
    body: object = None,
    *,
    key: str | None = KEY,
    headers: Mapping[str, str] | None = None,
) -> Told:
    """Send one call; an address with a host is opened without a key, as links are."""
    path = address.removeprefix(f"http://{HOST}")
    shown = {} if path != address or key is None else {"authorization": f"Bearer {key}"}
    content = (
        body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    )
    sent = {"host": HOST, **shown, **(headers or {})}
    messages: list[dict[str, Any]] = []
    bare, _, query = path.partition("?")
    scope = {
        "type": "http",
        "method": method,
        "path": bare,
        "raw_path": bare.encode(),
        "query_string": query.encode(),
        "scheme": "http",
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content}

    async def send(message: Any) -> None:
        messages.append(message)

    await application(scope, receive, send)
    head, *parts = messages
    return Told(
        status=head["status"],
        headers={name.decode(): value.decode() for name, value in head["headers"]},
        body=b"".join(part["body"] for part in parts),
        is_whole=bool(parts) and not parts[-1].get("more_body"),
    )
