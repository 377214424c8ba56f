"""`/kaiga/v1/emulator/pace`: how long one account's tasks wait and run, shown and set."""

from collections.abc import Sequence

import msgspec

from kaiga.domain.emulation.paces import PaceTable
from kaiga.domain.ids import AccountId
from kaiga.http.asgi import Answer, Call
from kaiga.http.bodies import BodyReader
from kaiga.http.emulator.decoding import decode_control
from kaiga.http.emulator.guard import EMULATOR, ControlGuard
from kaiga.http.operations.routing import Route
from kaiga.service.emulation.account_paces import AccountPaces

_PATH = f"{EMULATOR}/pace"

_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(PaceTable).decode


class PaceRoutes:
    """Answers what is asked of paces; they hold for tasks that are submitted from then on."""

    def __init__(self, *, paces: AccountPaces, guard: ControlGuard, bodies: BodyReader) -> None:
        self._paces = paces
        self._guard = guard
        self._bodies = bodies

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", _PATH, self._show),
            Route("PUT", _PATH, self._set),
            Route("DELETE", _PATH, self._reset),
        )

    async def _show(self, call: Call) -> Answer:
        return self._tell(call, await self._guard.admit(call))

    async def _set(self, call: Call) -> Answer:
        account = await self._guard.admit(call)
        with self._bodies.reserve(call) as reservation:
            self._paces.set(account, decode_control(_decode, await reservation.read(call)))
        return self._tell(call, account)

    async def _reset(self, call: Call) -> Answer:
        account = await self._guard.admit(call)
        self._paces.reset(account)
        return self._tell(call, account)

    def _tell(self, call: Call, account: AccountId) -> Answer:
        table = self._paces.find_table(account)
        shown = {
            "request_id": call.request_id,
            "account": account,
            "default": table.default or self._paces.usual,
            "models": table.models,
        }
        return Answer(body=_encode(shown))
