"""`/kaiga/v1/limits`: rules on limits shown, set and removed, for keys with the role admin."""

from collections.abc import Sequence

import msgspec

from kaiga.domain.errors import BodyMalformed, FieldInvalid
from kaiga.domain.limits import LimitRule, LimitScope
from kaiga.http.asgi import Answer, Call
from kaiga.http.bodies import BodyReader
from kaiga.http.dashscope.queries import read_query
from kaiga.http.identity import authenticate_admin
from kaiga.http.operations.routing import Route
from kaiga.service.keys.key_ring import KeyRing
from kaiga.service.limits.manage_limits import ManageLimits

_PATH = "/kaiga/v1/limits"

_encode = msgspec.json.Encoder().encode
_decode_rule = msgspec.json.Decoder(LimitRule).decode


class LimitRoutes:
    """Answers the administration of limits."""

    def __init__(
        self, *, manage_limits: ManageLimits, key_ring: KeyRing, bodies: BodyReader
    ) -> None:
        self._manage_limits = manage_limits
        self._key_ring = key_ring
        self._bodies = bodies

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", _PATH, self._list),
            Route("PATCH", _PATH, self._change),
            Route("DELETE", _PATH, self._remove),
        )

    async def _list(self, call: Call) -> Answer:
        await authenticate_admin(call, self._key_ring)
        rules = await self._manage_limits.list_all()
        defaults = self._manage_limits.book.defaults
        shown = {"request_id": call.request_id, "defaults": defaults, "rules": rules}
        return Answer(body=_encode(shown))

    async def _change(self, call: Call) -> Answer:
        await authenticate_admin(call, self._key_ring)
        with self._bodies.reserve(call) as reservation:
            body = await reservation.read(call)
        rule = await self._manage_limits.change(_read_rule(body))
        return Answer(body=_encode({"request_id": call.request_id, "rule": rule}))

    async def _remove(self, call: Call) -> Answer:
        await authenticate_admin(call, self._key_ring)
        await self._manage_limits.remove(_read_scope(call))
        return Answer(body=_encode({"request_id": call.request_id}))


def _read_rule(body: bytes) -> LimitRule:
    try:
        return _decode_rule(body)
    except msgspec.ValidationError as error:
        raise FieldInvalid(f"{error}.") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BodyMalformed from error


def _read_scope(call: Call) -> LimitScope:
    """Read whose rule is meant; a name that is left out is everybody, every model, or no key."""
    try:
        return msgspec.convert(read_query(call), LimitScope)
    except msgspec.ValidationError as error:
        raise FieldInvalid(f"{error}.") from error
