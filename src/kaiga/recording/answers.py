"""What of an upstream's answer is kept and passed on: its kind, its headers, its texts."""

from collections.abc import Iterable
from typing import Literal

import httpx

from kaiga.recording.exchanges import JsonBody, TextBody
from kaiga.recording.scrubbing import is_secret_name
from kaiga.recording.sending import EVENTS
from kaiga.recording.stand_ins import StandIns
from kaiga.recording.writing import find_json, read_text, write_json

Kind = Literal["nothing", "events", "written", "file"]
"""How an answer is passed on: as its head alone, line by line, whole, or part by part."""

_HOP_BY_HOP = frozenset(
    {
        "connection",
        "date",
        "keep-alive",
        "proxy-authenticate",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""What is between two neighbours only. Source: RFC 9110, 7.6.1."""
_WITHOUT_BODY = frozenset({204, 304})
_DATA = b"data:"


def choose_kind(method: str, response: httpx.Response) -> Kind:
    """Tell how an answer is passed on."""
    content_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_empty = response.headers.get("content-length") == "0"
    if method == "HEAD" or response.status_code in _WITHOUT_BODY or is_empty:
        return "nothing"
    if content_type == EVENTS:
        return "events"
    if content_type.startswith("text/") or content_type in {"application/json", "application/xml"}:
        return "written"
    return "file"


def keep_headers(
    response: httpx.Response, kind: Kind, stand_ins: StandIns
) -> list[tuple[str, str]]:
    """Give the headers that a client gets, in their order, without cookies and secrets."""
    kept: list[tuple[str, str]] = []
    has_length = kind in {"nothing", "file"} and "content-encoding" not in response.headers
    for raw_name, raw_value in response.headers.raw:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name in _HOP_BY_HOP or name == "content-encoding" or is_secret_name(name):
            continue
        if name == "content-length" and not has_length:
            continue
        shown = stand_ins.hide_link(value) if name == "location" else None
        kept.append((name, shown or stand_ins.hide_text(value)))
    return kept


def hide_written(content: bytes, stand_ins: StandIns) -> JsonBody | TextBody:
    """Read JSON or text with stand-ins for what is secret in it."""
    found = find_json(content)
    if found is not None:
        return JsonBody(stand_ins.hide_value(found.value), found.style)
    return TextBody([stand_ins.hide_text(line) for line in read_text(content).lines])


class EventLines:
    """Cuts a stream of events into lines and hides what is secret in each."""

    def __init__(self, stand_ins: StandIns) -> None:
        self._stand_ins = stand_ins
        self._rest = b""
        self._lines: list[bytes] = []

    def add(self, part: bytes) -> bytes:
        """Take a part; gives the lines that are whole now."""
        *whole, self._rest = (self._rest + part).split(b"\n")
        return b"".join(self._keep(line) + b"\n" for line in whole)

    def end(self) -> bytes:
        """Give what stands after the last line."""
        return self._keep(self._rest)

    def body(self) -> TextBody:
        """Give all lines so far."""
        return read_text(b"\n".join(self._lines))

    def _keep(self, line: bytes) -> bytes:
        kept = self._hide(line)
        self._lines.append(kept)
        return kept

    def _hide(self, line: bytes) -> bytes:
        if line.startswith(_DATA):
            told = line[len(_DATA) :]
            start = len(told) - len(told.lstrip(b" "))
            end = b"\r" if told.endswith(b"\r") else b""
            found = find_json(told.strip())
            if found is not None:
                hidden = JsonBody(self._stand_ins.hide_value(found.value), found.style)
                return _DATA + told[:start] + write_json(hidden) + end
        text = line.decode("utf-8", "surrogateescape")
        return self._stand_ins.hide_text(text).encode("utf-8", "surrogateescape")


def list_upstream_headers(
    headers: Iterable[tuple[bytes, bytes]], stand_ins: StandIns
) -> list[tuple[str, str]]:
    """Give the headers of a request as upstream gets them, with the real secrets."""
    dropped = _HOP_BY_HOP | {"host", "content-length", "accept-encoding", "expect"}
    passed = [
        (name.decode("latin-1"), stand_ins.restore_text(value.decode("latin-1")))
        for name, value in headers
        if name.decode("latin-1").lower() not in dropped
    ]
    return [*passed, ("accept-encoding", "identity")]
