"""Errors as object storage tells them: XML, where the rest of the contract has JSON."""

from collections.abc import Mapping
from xml.sax.saxutils import escape

from kaiga.domain.errors import KaigaError
from kaiga.http.asgi import NO_STORE, Answer, Call, Header
from kaiga.http.errors import is_told, retry_headers, status_of

SAFE: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
)
_XML: Header = (b"content-type", b"application/xml")


def make_refusal(call: Call, error: KaigaError, further: Mapping[str, str] | None = None) -> Answer:
    """Make the XML of an error (contract/core.md, 7.3 and 8.2), with `further` members."""
    known = error if is_told(error) else KaigaError()
    members = {"Code": known.code, "Message": str(known), "RequestId": call.request_id}
    members["HostId"] = call.header(b"host")
    members |= further or {}
    inside = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in members.items())
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error>{inside}</Error>'
    return Answer(
        status=status_of(error),
        headers=(_XML, NO_STORE, *SAFE, *retry_headers(error)),
        body=body.encode("utf-8", "replace"),
    )
