"""Takes notices out of the outbox and has them sent, several at once, on and on."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress

import structlog

from kaiga.domain.webhooks import DueDelivery
from kaiga.ports.clock import Calendar
from kaiga.ports.outbox import Outbox
from kaiga.worker.repeating import repeat_for_ever

_log = structlog.get_logger(__name__)
_MOST_AT_ONCE = 32
_LOOK_SECONDS = 1.0
"""Between looks at the outbox where nothing hints at news. No wait is longer, whatever clocks do:
what is due is read from the rows each time."""
_PAUSE_AFTER_TROUBLE_SECONDS = 60.0


class Courier:
    """Sends what is due; in which order and how much of whom, the outbox decides."""

    def __init__(
        self,
        *,
        outbox: Outbox,
        deliver: Callable[[DueDelivery], Awaitable[None]],
        calendar: Calendar,
    ) -> None:
        self._outbox = outbox
        self._deliver = deliver
        self._calendar = calendar
        self._sending: set[asyncio.Task[None]] = set()
        self._has_news = asyncio.Event()

    def look(self) -> None:
        """Hint that something may be due."""
        self._has_news.set()

    async def run(self) -> None:
        """Work until cancelled; what is being sent then is sent again after the next start."""
        try:
            await repeat_for_ever("notices", self._send_due)
        finally:
            for sending in self._sending:
                sending.cancel()
            await asyncio.gather(*self._sending, return_exceptions=True)

    async def _send_due(self) -> None:
        self._has_news.clear()
        free_slots = _MOST_AT_ONCE - len(self._sending)
        if free_slots:
            for due in await self._outbox.claim_due(self._calendar.real_now(), free_slots):
                sending = asyncio.create_task(self._send(due))
                self._sending.add(sending)
                sending.add_done_callback(self._make_room)
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_SECONDS):
                await self._has_news.wait()

    async def _send(self, due: DueDelivery) -> None:
        try:
            await self._deliver(due)
        except Exception:  # noqa: BLE001  one delivery must not end the others
            _log.exception("a bug in one delivery", delivery_id=due.delivery.id)
            await asyncio.sleep(_PAUSE_AFTER_TROUBLE_SECONDS)
        finally:
            self._outbox.release(due.delivery.id)

    def _make_room(self, sent: asyncio.Task[None]) -> None:
        self._sending.discard(sent)
        self._has_news.set()
