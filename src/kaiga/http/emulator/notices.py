"""`/kaiga/v1/emulator/webhooks`: which notices were sent, to whom, and what was answered."""

from collections.abc import Mapping, Sequence

import msgspec

from kaiga.http.asgi import Answer, Call
from kaiga.http.dashscope.queries import read_number, read_query
from kaiga.http.emulator.guard import EMULATOR, ControlGuard
from kaiga.http.emulator.showing import show_body, show_fault
from kaiga.http.operations.routing import Route
from kaiga.http.operations.webhooks import show_delivery
from kaiga.ports.outbox import DeliveryFilter
from kaiga.service.emulation.account_log import AccountLog
from kaiga.service.emulation.noted import NotedNotice
from kaiga.service.notices.manage_webhooks import ManageWebhooks

_PATH = f"{EMULATOR}/webhooks"
_USUAL_LIMIT = 100

_encode = msgspec.json.Encoder().encode


class NoticeRoutes:
    """Shows an account's sendings as they were noted, oldest first, and its log of deliveries."""

    def __init__(
        self, *, log: AccountLog[NotedNotice], manage: ManageWebhooks, guard: ControlGuard
    ) -> None:
        self._log = log
        self._manage = manage
        self._guard = guard

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (Route("GET", _PATH, self._list),)

    async def _list(self, call: Call) -> Answer:
        account = await self._guard.admit(call)
        limit = read_number("limit", read_query(call).get("limit"), _USUAL_LIMIT)
        found = await self._manage.list_deliveries(
            DeliveryFilter(account=account), min(limit, _USUAL_LIMIT)
        )
        shown = {
            "request_id": call.request_id,
            "notices": [_show(each) for each in self._log.list_of(account)[-limit:]],
            "deliveries": [show_delivery(each) for each in found],
        }
        return Answer(body=_encode(shown))


def _show(noted: NotedNotice) -> Mapping[str, object]:
    return {
        "sent_at": noted.sent_at,
        "delivery_id": noted.delivery_id,
        "task_id": noted.task_id,
        "url": noted.url,
        "headers": noted.headers,
        "body": show_body(noted.body),
        "answer_status": noted.reply.status,
        "answer": noted.reply.answer,
        "trouble": noted.reply.trouble,
        "fault": show_fault(noted.fault, noted.fault_kind),
    }
