"""Which part of a file a call gets, and with which headers (RFC 9110, 13 and 14)."""

import hashlib

import msgspec

from kaiga.domain.tasks import StoredResult
from kaiga.http.asgi import Call, Header
from kaiga.http.files.ranges import ByteRange, RangeNotSatisfiable, find_range
from kaiga.http.files.refusals import SAFE


class ChosenPart(msgspec.Struct, frozen=True, kw_only=True):
    """What a call gets of a file; `span` is None where it gets no byte of it: 304 and 416."""

    status: int
    headers: tuple[Header, ...]
    span: ByteRange | None = None


def choose_part(call: Call, result: StoredResult) -> ChosenPart:
    """Choose by the conditions and the range of a call."""
    etag = f'"{hashlib.sha256(result.object_key.encode()).hexdigest()[:32]}"'
    headers: tuple[Header, ...] = (
        (b"content-type", result.media_type.encode()),
        (b"accept-ranges", b"bytes"),
        (b"etag", etag.encode()),
        *SAFE,
    )
    if _names_etag(call.header(b"if-none-match"), etag):
        return ChosenPart(status=304, headers=headers)
    size_bytes = result.size_bytes
    try:
        part = find_range(_range_of(call, etag), size_bytes)
    except RangeNotSatisfiable:
        unsatisfied = (b"content-range", f"bytes */{size_bytes}".encode())
        return ChosenPart(status=416, headers=(*headers, unsatisfied, (b"content-length", b"0")))
    span = part or ByteRange(start=0, length=size_bytes)
    if part is not None:
        shown = f"bytes {part.start}-{part.start + part.length - 1}/{size_bytes}"
        headers = (*headers, (b"content-range", shown.encode()))
    return ChosenPart(
        status=200 if part is None else 206,
        headers=(*headers, (b"content-length", str(span.length).encode())),
        span=span,
    )


def _names_etag(header: str, etag: str) -> bool:
    """Tell whether `If-None-Match` names the entity (RFC 9110, 13.1.2: compared weakly)."""
    named = [part.strip().removeprefix("W/") for part in header.split(",")]
    return etag in named or named == ["*"]


def _range_of(call: Call, etag: str) -> str:
    """Give the range asked for; none where `If-Range` names another entity (RFC 9110, 13.1.5)."""
    condition = call.header(b"if-range").strip()
    return call.header(b"range") if condition in {"", etag} else ""
