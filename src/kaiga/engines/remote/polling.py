"""Looking at a job of a server until it has ended."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar

from kaiga.domain.errors import EngineAway, EngineCrashed, EngineHung, EngineUnfit

Seen = TypeVar("Seen")
_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0
_GROWTH = 1.3
"""Of the pause: a job of a second is seen within a quarter of it, one of minutes every 5 s."""
_LOOK_SECONDS = 30.0
_MOST_MISSES = 4
"""In a row: a server that computes may now and then be slow to answer."""


async def poll(look: Callable[[], Awaitable[Seen]]) -> AsyncGenerator[Seen]:
    """Give what `look` sees, again and again, and ever more seldom; the caller ends it.

    Raises:
        EngineCrashed: the server knows no such job any more, or does not answer any more.
    """
    pause, misses = _FIRST_PAUSE_SECONDS, 0
    while True:
        await asyncio.sleep(pause)
        pause = min(pause * _GROWTH, _LONGEST_PAUSE_SECONDS)
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                seen = await look()
        except EngineUnfit as error:
            raise EngineCrashed from error
        except (EngineAway, EngineCrashed, EngineHung, TimeoutError) as error:
            misses += 1
            if misses > _MOST_MISSES:
                raise EngineCrashed from error
        else:
            misses = 0
            yield seen
