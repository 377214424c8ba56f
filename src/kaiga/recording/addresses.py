"""Links of answers, as they lead through the recorder and later to the replay.

A link keeps its host and path behind a prefix, so that it can still be read and ends in the true
extension. In files, the recorder's own address is a name that leads nowhere; whoever answers puts
the address there under which it was asked.
"""

import re
from urllib.parse import SplitResult, urlsplit

LINKS = "/kaiga/v1/recorded/"
NOWHERE = "http://recorder.invalid"
"""The name can never be anybody's. Source: RFC 2606, 2."""

_LINK = re.compile(r"https?://\S+")
_OWN = re.compile(rf"https?://[^/\s\"]+({re.escape(LINKS)}[^?#\s\"]+)")


def find_link(text: str) -> SplitResult | None:
    """Give the parts of a text that is one whole link; None where it is none."""
    if not _LINK.fullmatch(text):
        return None
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018  reading it is what judges it
    except ValueError:
        return None
    return parts if parts.hostname else None


def make_link_path(link: SplitResult) -> str:
    """Make the path at which the recorder answers for a link."""
    host = link.netloc.rpartition("@")[2]
    return f"{LINKS}{link.scheme}/{host}{link.path}"


def find_own_path(text: str) -> str | None:
    """Give the path of a whole link that leads through a recorder; None for any other text."""
    own = _OWN.match(text)
    return own[1] if own and find_link(text) else None


def forget_address(text: str) -> str:
    """Put the name that leads nowhere in place of a recorder's address, wherever it stands."""
    return _OWN.sub(rf"{NOWHERE}\1", text)


def fill_address(content: bytes, base_url: str) -> bytes:
    """Put an address in place of the name that leads nowhere."""
    return content.replace(NOWHERE.encode(), base_url.encode())
