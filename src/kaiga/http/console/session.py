"""`/console/session`: signing in, out, and who one is."""

from collections.abc import Sequence

import msgspec

from kaiga.domain.errors import (
    BodyMalformed,
    FieldInvalid,
    KeyMissing,
    NotAuthenticated,
    PageForeign,
)
from kaiga.domain.keys import Principal
from kaiga.http.asgi import JSON, NO_STORE, Answer, Call, Header
from kaiga.http.bodies import BodyReader
from kaiga.http.identity import PublicAddress, authenticate
from kaiga.http.operations.routing import Route
from kaiga.http.sessions import OWN_PAGE, write_cookie
from kaiga.service.keys.key_ring import KeyRing
from kaiga.service.keys.sign_in import LIFETIME, SignIn

_PATH = "/console/session"
_SHOWN = ("account", "workspace", "role", "key_id")
"""What is told of who has signed in; null where nobody has."""

_encode = msgspec.json.Encoder().encode


class SignInWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `POST /console/session`."""

    key: str


_decode = msgspec.json.Decoder(SignInWanted).decode


class SessionRoutes:
    """Answers what the sign-in page asks."""

    def __init__(
        self,
        *,
        sign_in: SignIn,
        key_ring: KeyRing,
        address: PublicAddress,
        bodies: BodyReader,
        is_emulator: bool,
    ) -> None:
        self._sign_in = sign_in
        self._key_ring = key_ring
        self._address = address
        self._bodies = bodies
        self._is_emulator = is_emulator

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", _PATH, self._show),
            Route("POST", _PATH, self._begin),
            Route("DELETE", _PATH, self._end),
        )

    async def _show(self, call: Call) -> Answer:
        try:
            return self._tell(call, await authenticate(call, self._key_ring))
        except NotAuthenticated:
            return self._tell(call, None)  # that nobody has signed in is an answer, no error

    async def _begin(self, call: Call) -> Answer:
        _check_own_page(call)
        with self._bodies.reserve(call) as reservation:
            key = _read_key(await reservation.read(call))
        principal, session = await self._sign_in(key)
        return self._tell(call, principal, self._set_cookie(call, session, LIFETIME.seconds))

    async def _end(self, call: Call) -> Answer:
        _check_own_page(call)
        headers = (JSON, NO_STORE, self._set_cookie(call, "", 0))
        return Answer(body=_encode({"request_id": call.request_id}), headers=headers)

    def _set_cookie(self, call: Call, value: str, seconds: int) -> Header:
        is_secure = self._address.base_url(call).startswith("https:")
        return (b"set-cookie", write_cookie(value, seconds=seconds, is_secure=is_secure))

    def _tell(self, call: Call, principal: Principal | None, *more: Header) -> Answer:
        shown = {
            "request_id": call.request_id,
            **{name: getattr(principal, name, None) for name in _SHOWN},
            "is_emulator": self._is_emulator,
        }
        return Answer(body=_encode(shown), headers=(JSON, NO_STORE, *more))


def _check_own_page(call: Call) -> None:
    if OWN_PAGE not in call.headers:
        raise PageForeign


def _read_key(body: bytes) -> str:
    try:
        key = _decode(body).key.strip()
    except msgspec.ValidationError as error:
        raise FieldInvalid(f"{error}.") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BodyMalformed from error
    if not key:
        raise KeyMissing
    return key
