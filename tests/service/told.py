"""What the tests of notices are built from: a sender that answers as planned, and ended tasks."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta, timezone

from domain.samples import ACCOUNT, make_failed
from fakes import SetCalendar
from kaiga.domain.webhooks import Delivery, Reply
from kaiga.ports.outbox import DeliveryFilter, Outbox
from kaiga.service.notices.deliver_notices import DeliverNotice
from noting_meter import NotingMeter
from service.troubled_store import TroubledStore

PEPPER = b"pepper"
ZONE = timezone(timedelta(hours=8))
FIRST_WAIT = timedelta(seconds=5)


class PlannedSender:
    """A `NoticeSender` that gives these replies one after the other, the last one from then on.

    What is sent to a URL that begins with one of `gates` waits until that gate opens.
    """

    def __init__(self, *replies: Reply | Exception) -> None:
        self._replies = list(replies) or [Reply(status=204)]
        self.sent: list[tuple[str, Mapping[str, str], bytes]] = []
        self.gates: dict[str, asyncio.Event] = {}

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        self.sent.append((url, headers, body))
        for beginning, gate in self.gates.items():
            if url.startswith(beginning):
                await gate.wait()
        reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        if isinstance(reply, Exception):
            raise reply
        return reply

    def urls(self) -> list[str]:
        return [url for url, _, _ in self.sent]


def build_deliver(
    outbox: Outbox,
    sender: PlannedSender,
    calendar: SetCalendar,
    meter: NotingMeter | None = None,
) -> DeliverNotice:
    return DeliverNotice(
        outbox=outbox,
        sender=sender,
        calendar=calendar,
        pepper=PEPPER,
        zone=ZONE,
        first_wait=FIRST_WAIT,
        meter=meter or NotingMeter(),
    )


async def end_task(store: TroubledStore, number: int = 0, *, webhook: str = "") -> None:
    """Have a task end at once."""
    await store.tasks.add(make_failed(number, webhook=webhook))


async def read_log(outbox: Outbox) -> Sequence[Delivery]:
    return await outbox.list_deliveries(DeliveryFilter(account=ACCOUNT), 100)
