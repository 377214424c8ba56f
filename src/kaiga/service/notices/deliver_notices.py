"""Sends one notice to one address, and decides from what comes of it what is next."""

import asyncio
import random
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import msgspec
import structlog

from kaiga.domain.errors import StoreUnavailable
from kaiga.domain.lifetimes import find_next_notice_try
from kaiga.domain.notices import (
    CONTENT_TYPE,
    derive_task_secret,
    make_event,
    name_event,
    sign_event,
)
from kaiga.domain.webhooks import Delivery, DeliveryState, DueDelivery, Progress, Reply
from kaiga.ports.clock import Calendar
from kaiga.ports.meter import Meter
from kaiga.ports.notice_sender import NoticeSender
from kaiga.ports.outbox import Outbox

_log = structlog.get_logger(__name__)
_PAUSE_SECONDS = 1.0
_NOT_WANTED = "the address is no webhook of the account any more, or is disabled"
_BUG = "an internal error kept it from being sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverNotice:
    """The use case. Delivery is at least once: what is not recorded is sent again.

    `first_wait` is the pause after a first try that failed.
    """

    outbox: Outbox
    sender: NoticeSender
    calendar: Calendar
    pepper: bytes
    zone: tzinfo
    first_wait: timedelta
    meter: Meter

    async def __call__(self, due: DueDelivery) -> None:
        """Try a claimed delivery once, and record what came of it.

        A store that does not answer is waited for: the notice would only be sent once more.
        """
        delivery = due.delivery
        secret = self._find_secret(due)
        now = self.calendar.real_now()
        if secret is None:
            progress = _give_up(delivery.progress, now, _NOT_WANTED)
            await self.record(delivery, progress, disables=False)
            return
        reply = await self._send(delivery, secret, now)
        progress = self._make_progress(delivery.progress, reply)
        disables = reply.is_gone and not delivery.is_of_task
        await self.record(delivery, progress, disables=disables)
        if reply.is_success and progress.done_at is not None:
            lag = progress.done_at - delivery.notice.ended_at
            self.meter.time_notice(lag.total_seconds())

    def _find_secret(self, due: DueDelivery) -> str | None:
        """Give what to sign with; None where the account does not want it told any more."""
        if due.secret is None and due.delivery.is_of_task:
            return derive_task_secret(self.pepper, due.delivery.notice.account)
        return due.secret

    async def _send(self, delivery: Delivery, secret: str, now: datetime) -> Reply:
        event_id = name_event(delivery.notice.task_id)
        body = make_event(delivery.notice, self.zone)
        headers = {"content-type": CONTENT_TYPE, **sign_event(secret, event_id, body, now)}
        try:
            return await self.sender.send(delivery.url, headers, body)
        except Exception:  # noqa: BLE001  one notice must not be tried for ever without a pause
            _log.exception("a bug kept this notice from being sent", delivery_id=delivery.id)
            return Reply(trouble=_BUG)

    def _make_progress(self, before: Progress, reply: Reply) -> Progress:
        now = self.calendar.real_now()
        first_tried_at, tries = before.first_tried_at or now, before.tries + 1
        next_try_at = None
        if not reply.is_success and not reply.is_gone:
            chance = random.random()  # noqa: S311  it spreads tries, and guards nothing
            next_try_at = find_next_notice_try(tries, first_tried_at, now, self.first_wait, chance)
        state = DeliveryState.DELIVERED if reply.is_success else DeliveryState.GIVEN_UP
        return Progress(
            state=state if next_try_at is None else DeliveryState.WAITING,
            tries=tries,
            next_try_at=next_try_at,
            first_tried_at=first_tried_at,
            last_tried_at=now,
            done_at=now if next_try_at is None else None,
            answer_status=reply.status,
            answer=reply.answer,
            trouble=reply.trouble,
        )

    async def record(self, delivery: Delivery, progress: Progress, *, disables: bool) -> None:
        """Write how far a delivery is; see the port. A store that does not answer is waited for."""
        while True:
            try:
                await self.outbox.record(delivery, progress, disables=disables)
            except StoreUnavailable:
                _log.warning("the store does not answer; a delivery waits to be recorded")
                await asyncio.sleep(_PAUSE_SECONDS)
            else:
                return


def _give_up(before: Progress, now: datetime, why: str) -> Progress:
    return msgspec.structs.replace(
        before, state=DeliveryState.GIVEN_UP, next_try_at=None, done_at=now, trouble=why
    )
