"""`/kaiga/v1/emulator/requests`: what arrived, for assertions."""

from collections.abc import Mapping, Sequence

import msgspec

from kaiga.http.asgi import Answer, Call
from kaiga.http.dashscope.queries import read_number, read_query
from kaiga.http.emulator.guard import EMULATOR, ControlGuard
from kaiga.http.emulator.showing import show_body, show_fault
from kaiga.http.operations.routing import Route
from kaiga.service.emulation.account_log import AccountLog
from kaiga.service.emulation.noted import NotedRequest

_PATH = f"{EMULATOR}/requests"
_USUAL_LIMIT = 100

_encode = msgspec.json.Encoder().encode


class RequestRoutes:
    """Shows and forgets what arrived; with `?all=true` that of everybody, for admins."""

    def __init__(self, *, log: AccountLog[NotedRequest], guard: ControlGuard) -> None:
        self._log = log
        self._guard = guard

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (Route("GET", _PATH, self._list), Route("DELETE", _PATH, self._clear))

    async def _list(self, call: Call) -> Answer:
        account = await self._guard.admit_to_all(call)
        asked = read_query(call)
        limit = read_number("limit", asked.get("limit"), _USUAL_LIMIT)
        noted = self._log.list_all() if account is None else self._log.list_of(account)
        shown = [_show(each) for each in noted[-limit:]]
        return Answer(body=_encode({"request_id": call.request_id, "requests": shown}))

    async def _clear(self, call: Call) -> Answer:
        account = await self._guard.admit_to_all(call)
        if account is None:
            self._log.clear_all()
        else:
            self._log.clear(account)
        return Answer(body=_encode({"request_id": call.request_id}))


def _show(noted: NotedRequest) -> Mapping[str, object]:
    """Make the public form of a call; the account of one without a good key is empty."""
    headers: dict[str, str] = {}
    for name, value in noted.headers:
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return {
        "arrived_at": noted.arrived_at,
        "account": noted.account,
        "method": noted.method,
        "path": noted.path,
        "query": noted.query,
        "headers": headers,
        "body": show_body(noted.body),
        "is_body_whole": noted.is_whole,
        "fault": show_fault(noted.fault, noted.fault_kind),
        "status": noted.status,
        "request_id": noted.request_id,
        "answer": show_body(noted.answer),
    }
