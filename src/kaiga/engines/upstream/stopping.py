"""Waits that end when a run is to stop."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from kaiga.domain.errors import EngineStopped

T = TypeVar("T")


async def unless_stopped(stop: asyncio.Event, work: Awaitable[T]) -> T:
    """Await `work`, and give it up once `stop` is set.

    Raises:
        EngineStopped: that was sooner.
    """
    working, stopped = asyncio.ensure_future(work), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait({working, stopped}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise EngineStopped
        return working.result()
    finally:
        working.cancel()
        stopped.cancel()
        await asyncio.gather(working, stopped, return_exceptions=True)
