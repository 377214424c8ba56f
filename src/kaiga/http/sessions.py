"""The console's sessions on the wire: a cookie that stands for a key, for our own pages alone."""

COOKIE = "kaiga_session"
OWN_PAGE_NAME = "X-Kaiga-Console"
OWN_PAGE = OWN_PAGE_NAME.lower().encode()
"""A header that only our own pages can send: another origin's would need our leave first."""
_ONLY_READS = frozenset({"GET", "HEAD"})


def let_session_in(method: str, headers: dict[bytes, bytes]) -> None:
    """Show a session's key where a call shows no other one, so that everything goes on as usual.

    Calls that change something must come from our own page; the cookie itself is `SameSite`.
    """
    if b"authorization" in headers or b"cookie" not in headers:
        return
    if method not in _ONLY_READS and OWN_PAGE not in headers:
        return
    session = _read_cookie(headers[b"cookie"])
    if session:
        headers[b"authorization"] = b"Bearer " + session


def write_cookie(value: str, *, seconds: int, is_secure: bool) -> bytes:
    """Write the header's text that sets the cookie; 0 seconds remove it."""
    secure = "; Secure" if is_secure else ""
    return (
        f"{COOKIE}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}".encode()
    )


def _read_cookie(header: bytes) -> bytes:
    """Find our own cookie; others of this host are not ours to judge, however they are written."""
    for pair in header.split(b";"):
        name, _, value = pair.strip().partition(b"=")
        if name == COOKIE.encode():
            return value
    return b""
