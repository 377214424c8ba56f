"""Answers as the bytes that go over a connection, for those that need nothing of ASGI."""

from collections.abc import Iterable
from functools import lru_cache

from uvicorn.protocols.http.httptools_impl import STATUS_LINE

from kaiga.http.asgi import Answer, Header


def write_answer(answer: Answer, request_id: str, more_headers: bytes) -> bytes:
    """Write a whole answer; `more_headers` is what `write_headers` gives for further ones."""
    head = answer.head or write_head(answer.status, answer.headers, len(answer.body))
    return b"".join((head, request_id.encode(), b"\r\n", more_headers, b"\r\n", answer.body))


def write_headers(headers: Iterable[Header]) -> bytes:
    """Write headers, a line each."""
    return b"".join(b"%b: %b\r\n" % header for header in headers)


@lru_cache(maxsize=1024)
def write_head(status: int, headers: tuple[Header, ...], body_bytes: int) -> bytes:
    """Write a head up to where the request's id goes: up to there, most answers are the same."""
    return b"%b%bcontent-length: %d\r\nx-request-id: " % (
        STATUS_LINE[status],
        write_headers(headers),
        body_bytes,
    )
