"""Work that goes on for as long as the program does, whatever goes wrong in one round of it."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import structlog

from kaiga.domain.errors import ObjectsUnavailable, StoreUnavailable
from kaiga.domain.outages import Outage

_log = structlog.get_logger(__name__)
_PAUSE_AFTER_TROUBLE_SECONDS = 1.0


async def repeat_for_ever(name: str, one_round: Callable[[], Awaitable[None]]) -> None:
    """Repeat `one_round` until cancelled; it does its own waiting.

    A round that fails is logged and followed by a pause: a worker that stopped here would leave
    a server that accepts tasks and never runs one.
    """
    outage = Outage()
    while True:
        try:
            await one_round()
            if outage.note_success():
                _log.info("the stores answer again", work=name)
        except (StoreUnavailable, ObjectsUnavailable) as error:
            if outage.note_failure(time.monotonic()):
                what = type(error).__name__
                _log.warning("a store does not answer; it is tried again", work=name, reason=what)
            await asyncio.sleep(_PAUSE_AFTER_TROUBLE_SECONDS)
        except Exception:  # noqa: BLE001  see above: one bad round must not be the last
            _log.exception("a bug in one round of work", work=name)
            await asyncio.sleep(_PAUSE_AFTER_TROUBLE_SECONDS)
