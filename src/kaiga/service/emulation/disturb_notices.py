"""Sends notices as their faults have it, and notes what was sent."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from kaiga.domain.emulation.faults import FaultPoint, Occasion
from kaiga.domain.webhooks import Delivery, DueDelivery, Reply
from kaiga.ports.clock import Calendar
from kaiga.ports.notice_sender import NoticeSender
from kaiga.service.emulation.account_log import AccountLog
from kaiga.service.emulation.fault_book import FaultBook, SetFault
from kaiga.service.emulation.noted import NotedNotice
from kaiga.service.notices.deliver_notices import DeliverNotice

_HELD = "held back by a fault of the emulator"
"""Stands as the trouble of a delivery that has met its fault and waits to be sent."""
_USUAL_BYTES = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class DisturbNotices:
    """Stands before `deliver`. A fault acts at a delivery's first try; late is by real time."""

    deliver: DeliverNotice
    faults: FaultBook
    log: AccountLog[NotedNotice]
    calendar: Calendar

    async def __call__(self, due: DueDelivery) -> None:
        """Try a claimed delivery once, twice, or later."""
        acting = self._draw(due.delivery)
        if acting is not None and acting.fault.kind == "late-notice":
            await self._hold(due.delivery, acting.fault.seconds or 0.0)
            return
        await self._send(due, acting)
        if acting is not None:
            await self._send(_with_one_more_try(due), acting)

    def _draw(self, delivery: Delivery) -> SetFault | None:
        notice, progress = delivery.notice, delivery.progress
        if progress.tries or progress.trouble == _HELD:
            return None
        occasion = Occasion(point=FaultPoint.NOTICE, model=notice.model, operation=notice.operation)
        return self.faults.draw(notice.account, occasion)

    async def _hold(self, delivery: Delivery, seconds: float) -> None:
        until = self.calendar.real_now() + timedelta(seconds=seconds)
        held = msgspec.structs.replace(delivery.progress, next_try_at=until, trouble=_HELD)
        await self.deliver.record(delivery, held, disables=False)

    async def _send(self, due: DueDelivery, acting: SetFault | None) -> None:
        sender = _NotingSender(self, due.delivery, acting)
        await dataclasses.replace(self.deliver, sender=sender)(due)


class _NotingSender:
    """Implements `NoticeSender` for one delivery, and notes what goes out and comes back."""

    def __init__(
        self, disturb: DisturbNotices, delivery: Delivery, acting: SetFault | None
    ) -> None:
        self._sender: NoticeSender = disturb.deliver.sender
        self._log = disturb.log
        self._calendar = disturb.calendar
        self._delivery = delivery
        self._acting = acting

    async def send(self, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        """See the port."""
        account = self._delivery.notice.account
        sent_at = self._calendar.now(account)
        reply = await self._sender.send(url, headers, body)
        noted = NotedNotice(
            sent_at=sent_at,
            delivery_id=self._delivery.id,
            task_id=self._delivery.notice.task_id,
            url=url,
            headers=headers,
            body=body,
            reply=reply,
            fault=self._acting.id if self._acting else None,
            fault_kind=self._acting.fault.kind if self._acting else None,
        )
        self._log.add(account, noted, _USUAL_BYTES + len(body))
        return reply


def _with_one_more_try(due: DueDelivery) -> DueDelivery:
    progress = due.delivery.progress
    tried = msgspec.structs.replace(progress, tries=progress.tries + 1)
    delivery = msgspec.structs.replace(due.delivery, progress=tried)
    return msgspec.structs.replace(due, delivery=delivery)
