"""`/kaiga/v1/emulator/faults`: an account's faults, set, shown and taken away."""

from collections.abc import Mapping, Sequence
from typing import cast

import msgspec

from kaiga.domain.emulation.fault_kinds import KINDS, FaultKind, complete_fault
from kaiga.domain.emulation.faults import Fault, FaultPlan
from kaiga.domain.errors import FaultPlanUnknown
from kaiga.http.asgi import Answer, Call
from kaiga.http.bodies import BodyReader
from kaiga.http.emulator.decoding import decode_control
from kaiga.http.emulator.guard import EMULATOR, ControlGuard
from kaiga.http.operations.routing import Route
from kaiga.service.emulation.fault_book import FaultBook, SetFault

_PATH = f"{EMULATOR}/faults"

_encode = msgspec.json.Encoder().encode
_decode_fault = msgspec.json.Decoder(Fault).decode
_decode_plan = msgspec.json.Decoder(FaultPlan).decode


class FaultRoutes:
    """Answers what is asked of faults; `plans` are the ready ones, by name."""

    def __init__(
        self,
        *,
        faults: FaultBook,
        plans: Mapping[str, FaultPlan],
        guard: ControlGuard,
        bodies: BodyReader,
    ) -> None:
        self._faults = faults
        self._plans = plans
        self._guard = guard
        self._bodies = bodies

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", _PATH, self._list),
            Route("POST", _PATH, self._add),
            Route("DELETE", _PATH, self._remove_all),
            Route("DELETE", f"{_PATH}/{{fault_id}}", self._remove),
            Route("GET", f"{_PATH}/kinds", self._list_kinds),
            Route("GET", f"{_PATH}/plans", self._list_plans),
            Route("POST", f"{_PATH}/plans", self._add_sent_plan),
            Route("POST", f"{_PATH}/plans/{{name}}", self._add_ready_plan),
        )

    async def _list(self, call: Call) -> Answer:
        account = await self._guard.admit(call)
        return _answer(call, faults=[_show(each) for each in self._faults.list_of(account)])

    async def _add(self, call: Call) -> Answer:
        account = await self._guard.admit(call)
        with self._bodies.reserve(call) as reservation:
            wanted = decode_control(_decode_fault, await reservation.read(call))
        [added] = self._faults.add(account, [complete_fault(wanted)])
        return _answer(call, **_show(added))

    async def _remove_all(self, call: Call) -> Answer:
        self._faults.remove_all(await self._guard.admit(call))
        return _answer(call)

    async def _remove(self, call: Call, fault_id: str) -> Answer:
        self._faults.remove(await self._guard.admit(call), fault_id)
        return _answer(call)

    async def _list_kinds(self, call: Call) -> Answer:
        await self._guard.admit(call)
        return _answer(call, kinds=[_show_kind(each) for each in KINDS.values()])

    async def _list_plans(self, call: Call) -> Answer:
        await self._guard.admit(call)
        plans = [
            {"name": name, "says": plan.says, "faults": [_show_wanted(f) for f in plan.faults]}
            for name, plan in self._plans.items()
        ]
        return _answer(call, plans=plans)

    async def _add_sent_plan(self, call: Call) -> Answer:
        await self._guard.admit(call)
        with self._bodies.reserve(call) as reservation:
            plan = decode_control(_decode_plan, await reservation.read(call))
        return await self._add_plan(call, plan)

    async def _add_ready_plan(self, call: Call, name: str) -> Answer:
        plan = self._plans.get(name)
        if plan is None:
            await self._guard.admit(call)
            raise FaultPlanUnknown
        return await self._add_plan(call, plan)

    async def _add_plan(self, call: Call, plan: FaultPlan) -> Answer:
        account = await self._guard.admit(call)
        added = self._faults.add(account, [complete_fault(each) for each in plan.faults])
        return _answer(call, faults=[_show(each) for each in added])


def _answer(call: Call, **members: object) -> Answer:
    return Answer(body=_encode({"request_id": call.request_id, **members}))


def _show(each: SetFault) -> Mapping[str, object]:
    """Make the public form of a fault that is set."""
    return {
        "id": each.id,
        **_show_wanted(each.fault),
        "expires_at": each.expires_at,
        "seen": each.seen,
        "fired": each.fired,
    }


def _show_wanted(fault: Fault) -> Mapping[str, object]:
    """Show a fault as one would set it: what is left out is not shown."""
    shown = cast("dict[str, object]", msgspec.to_builtins(fault))
    return {name: value for name, value in shown.items() if value not in (None, "")}


def _show_kind(kind: FaultKind) -> Mapping[str, object]:
    return cast("Mapping[str, object]", msgspec.to_builtins(kind))
