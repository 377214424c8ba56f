"""Repeats what something does not take, for as long as what is to be kept is worth it."""

import asyncio
import math
from collections.abc import Awaitable, Callable

import structlog

from kaiga.domain.errors import KaigaError, StoreUnavailable

_log = structlog.get_logger(__name__)
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 10.0


async def insist(
    write: Callable[[], Awaitable[None]],
    refusal: type[KaigaError] = StoreUnavailable,
    patience_seconds: float = math.inf,
) -> None:
    """Repeat a write until it is taken: finished work waits, it is never thrown away lightly.

    Raises:
        KaigaError: the `refusal` that came when patience had ended.
    """
    pause_seconds, waited_seconds = _FIRST_PAUSE_SECONDS, 0.0
    while True:
        try:
            await write()
        except refusal:
            if waited_seconds >= patience_seconds:
                raise
            if not waited_seconds:
                _log.warning(
                    "finished work waits for what does not answer", reason=refusal.__name__
                )
            await asyncio.sleep(pause_seconds)
            waited_seconds += pause_seconds
            pause_seconds = min(pause_seconds * 2, _LONGEST_PAUSE_SECONDS)
        else:
            return
