"""Errors as object storage tells them: XML, where the rest of the contract has JSON."""

from collections.abc import Mapping
from datetime import datetime
from xml.sax.saxutils import escape

from kaiga.domain.errors import KaigaError, LinkExpired
from kaiga.http.asgi import NO_STORE, Answer, Call, Header
from kaiga.http.errors import is_told, retry_headers, status_of

SAFE: tuple[Header, ...] = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; sandbox"),
)
_XML: Header = (b"content-type", b"application/xml")
_EXPIRED_EC = "0002-00000069"
"""Source: contract/core.md, 7.3."""


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


def make_expiry_refusal(call: Call, error: LinkExpired) -> Answer:
    """Make the XML of a link whose time is over (contract/core.md, 7.3)."""
    further = {
        "Expires": _show(error.expired_at),
        "ServerTime": _show(error.opened_at),
        "EC": _EXPIRED_EC,
    }
    return make_refusal(call, error, further)


def _show(instant: datetime) -> str:
    return instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")
