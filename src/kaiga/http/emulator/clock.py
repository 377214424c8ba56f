"""`/kaiga/v1/emulator/clock`: one account's calendar, shown, frozen and moved forward."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Annotated

import msgspec

from kaiga.domain.emulation.shifts import LONGEST_ADVANCE
from kaiga.domain.ids import AccountId
from kaiga.http.asgi import Answer, Call
from kaiga.http.bodies import BodyReader
from kaiga.http.emulator.decoding import decode_control
from kaiga.http.emulator.guard import EMULATOR, ControlGuard
from kaiga.http.operations.routing import Route
from kaiga.service.emulation.account_clocks import AccountClocks

_PATH = f"{EMULATOR}/clock"

_encode = msgspec.json.Encoder().encode


class _Wanted(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A change of a clock: frozen or running first, then moved forward."""

    frozen: bool | None = None
    advance_seconds: Annotated[float, msgspec.Meta(ge=0, le=LONGEST_ADVANCE.total_seconds())] = 0.0


_decode = msgspec.json.Decoder(_Wanted).decode


class ClockRoutes:
    """Answers what is asked of clocks; a change once `catch_up` has done what it brings about."""

    def __init__(
        self,
        *,
        clocks: AccountClocks,
        catch_up: Callable[[AccountId], Awaitable[None]],
        guard: ControlGuard,
        bodies: BodyReader,
    ) -> None:
        self._clocks = clocks
        self._catch_up = catch_up
        self._guard = guard
        self._bodies = bodies

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", _PATH, self._show),
            Route("PATCH", _PATH, self._change),
            Route("DELETE", _PATH, self._reset),
        )

    async def _show(self, call: Call) -> Answer:
        return self._tell(call, await self._guard.admit(call))

    async def _change(self, call: Call) -> Answer:
        account = await self._guard.admit(call)
        with self._bodies.reserve(call) as reservation:
            wanted = decode_control(_decode, await reservation.read(call))
        by = timedelta(seconds=wanted.advance_seconds)
        self._clocks.change(account, frozen=wanted.frozen, by=by)
        if by:
            await self._catch_up(account)
        return self._tell(call, account)

    async def _reset(self, call: Call) -> Answer:
        account = await self._guard.admit(call)
        self._clocks.reset(account)
        return self._tell(call, account)

    def _tell(self, call: Call, account: AccountId) -> Answer:
        shift = self._clocks.find_shift(account)
        shown = {
            "request_id": call.request_id,
            "account": account,
            "now": self._clocks.now(account),
            "frozen": shift.frozen_at is not None,
        }
        return Answer(body=_encode(shown))
