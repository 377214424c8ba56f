"""`POST /tokens?expire_in_seconds=N`: a temporary key (contract/core.md, 9.2)."""

import msgspec

from kaiga.domain.errors import MethodRefused
from kaiga.http.asgi import JSON, NO_STORE, Answer, Call
from kaiga.http.callers import Callers
from kaiga.http.dashscope.queries import read_query
from kaiga.service.keys.mint_temporary_key import DEFAULT_SECONDS, MintTemporaryKey

_MOST_DIGITS = 9
_NO_LIFETIME = 0

_encode = msgspec.json.Encoder().encode


class TokenRoute:
    """Answers with a key that ends by itself; a body, where a client sends one, is ignored."""

    def __init__(self, *, mint: MintTemporaryKey, callers: Callers) -> None:
        self._mint = mint
        self._callers = callers

    async def __call__(self, call: Call) -> Answer:
        """Mint a key; this answer has no request id in its body.

        Raises:
            LifetimeOutOfRange, TemporaryKeyRefused: see `MintTemporaryKey`.
            NotAuthenticated, NotAllowed: see `Callers.identify`.
        """
        if call.method != "POST":
            raise MethodRefused(call.method)
        caller = await self._callers.identify(call)
        seconds = _read_seconds(read_query(call).get("expire_in_seconds"))
        token, expires_at = self._mint(caller.principal, seconds)
        body = _encode({"token": token, "expires_at": int(expires_at.timestamp())})
        return Answer(body=body, headers=(JSON, NO_STORE))


def _read_seconds(text: str | None) -> int:
    """Read the number; what is none is out of every range."""
    if text is None:
        return DEFAULT_SECONDS
    is_number = text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else _NO_LIFETIME
