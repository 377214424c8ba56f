"""`/kaiga/v1/system` and `/kaiga/v1/doctor`: how this machine is, for keys with the role admin.

Both name tasks and models, and nothing of what the tasks are about.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import msgspec

from kaiga.http.asgi import Answer, Call
from kaiga.http.identity import authenticate_admin
from kaiga.http.operations.routing import Route
from kaiga.ports.recent_failures import FailedTask, RecentFailures
from kaiga.service.keys.key_ring import KeyRing

_NEWEST_TASKS = 5_000
_SHOWN_FAILURES = 50

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRoutes:
    """Answers what the operator asks about the machine.

    `examine` makes the checks of `kaiga doctor`, one round at a time, and `list_lines` gives the
    newest warnings of the log; both give values that JSON can hold.
    """

    key_ring: KeyRing
    failures: RecentFailures
    versions: Mapping[str, str]
    measure_disk: Callable[[], Awaitable[object]]
    list_lines: Callable[[], Sequence[object]]
    examine: Callable[[], Sequence[object]]
    _examining: asyncio.Lock = field(default_factory=asyncio.Lock)

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("GET", "/kaiga/v1/system", self._show),
            Route("GET", "/kaiga/v1/doctor", self._examine),
        )

    async def _show(self, call: Call) -> Answer:
        await authenticate_admin(call, self.key_ring)
        failed = await self.failures.find_among(_NEWEST_TASKS)
        shown = {
            "request_id": call.request_id,
            "versions": self.versions,
            "disk": await self.measure_disk(),
            "failures": {
                "among_newest": _NEWEST_TASKS,
                "codes": _count_codes(failed),
                "newest": failed[:_SHOWN_FAILURES],
            },
            "log": self.list_lines(),
        }
        return Answer(body=_encode(shown))

    async def _examine(self, call: Call) -> Answer:
        await authenticate_admin(call, self.key_ring)
        async with self._examining:
            findings = await asyncio.to_thread(self.examine)
        return Answer(body=_encode({"request_id": call.request_id, "findings": findings}))


def _count_codes(failed: Sequence[FailedTask]) -> Sequence[Mapping[str, object]]:
    """Count by code, the most frequent first; `failed` has the newest first."""
    newest: dict[str, FailedTask] = {}
    counts: dict[str, int] = {}
    for task in failed:
        newest.setdefault(task.code, task)
        counts[task.code] = counts.get(task.code, 0) + 1
    return [
        {"code": code, "count": count, "newest_at": newest[code].ended_at}
        for code, count in sorted(counts.items(), key=lambda item: -item[1])
    ]
