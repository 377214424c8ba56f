"""Who may call programs that hold other people's keys or answers: this machine alone."""

from urllib.parse import urlsplit

from kaiga.domain.errors import ControlRefused
from kaiga.http.asgi import Call

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def ensure_own_page(call: Call) -> None:
    """See that a call was made to this machine, and by no page of another origin.

    Raises:
        ControlRefused: it was not.
    """
    origin = call.header(b"origin")
    addresses = [f"//{call.header(b'host')}", *([origin] if origin else [])]
    if any(_find_host(each) not in _LOOPBACK for each in addresses):
        raise ControlRefused


def _find_host(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
