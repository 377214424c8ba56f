"""Placing an order for a job at a server, so that none is left there that nobody knows of."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from kaiga.domain.errors import KaigaError
from kaiga.engines.remote.complaints import JobRefused

Placed = TypeVar("Placed")
_ANSWER_SECONDS = 5.0


async def place(
    order: Coroutine[Any, Any, Placed], leave: Callable[[Placed], Awaitable[None]]
) -> Placed:
    """Give what a server answers to an order for a job.

    Where the caller is cancelled meanwhile, the answer is still waited for, some seconds at most,
    and the job that it names is left.
    """
    placing = asyncio.create_task(order)
    try:
        return await asyncio.shield(placing)
    except asyncio.CancelledError:
        with suppress(KaigaError, JobRefused, TimeoutError):
            async with asyncio.timeout(_ANSWER_SECONDS):
                await leave(await placing)
        raise
