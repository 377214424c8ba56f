"""Sends answers as they were recorded, with nothing added that was not there."""

from collections.abc import Sequence

from kaiga.http.asgi import Send
from kaiga.recording.addresses import fill_address
from kaiga.recording.exchanges import JsonBody, TextBody
from kaiga.recording.writing import write_json, write_text

Headers = Sequence[tuple[str, str]]
EVENTS = "text/event-stream"


def is_of_events(headers: Headers) -> bool:
    """Tell whether an answer is a stream of events, which has no length."""
    return any(name == "content-type" and value.startswith(EVENTS) for name, value in headers)


async def send_written(
    send: Send, status: int, headers: Headers, body: JsonBody | TextBody, base_url: str
) -> None:
    """Send JSON or text, with its length unless it is a stream, and links that lead to us."""
    written = write_json(body) if isinstance(body, JsonBody) else write_text(body)
    content = fill_address(written, base_url)
    length = [] if is_of_events(headers) else [("content-length", str(len(content)))]
    await send_head(send, status, [*headers, *length], base_url)
    await send_part(send, content, has_more=False)


async def send_bytes(
    send: Send, status: int, headers: Headers, content: bytes, base_url: str
) -> None:
    """Send a file, or nothing; the headers tell its length where they told it once."""
    await send_head(send, status, headers, base_url)
    await send_part(send, content, has_more=False)


async def send_head(send: Send, status: int, headers: Headers, base_url: str) -> None:
    """Begin an answer."""
    raw = [
        (name.encode("latin-1"), fill_address(value.encode("latin-1"), base_url))
        for name, value in headers
    ]
    await send({"type": "http.response.start", "status": status, "headers": raw})


async def send_part(send: Send, content: bytes, *, has_more: bool) -> None:
    """Go on with an answer, or end it."""
    await send({"type": "http.response.body", "body": content, "more_body": has_more})
