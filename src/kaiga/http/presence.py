"""Waits on behalf of a client, for as long as it is there."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from kaiga.http.asgi import Call, wait_for_leaving
from kaiga.http.bodies import ClientGone

T = TypeVar("T")


async def get_while_client_stays(call: Call, awaitable: Awaitable[T]) -> T:
    """Give what is awaited, or raise what it raises; it is canceled if the client leaves.

    Raises:
        ClientGone: there is nobody left to answer.
    """
    awaited = asyncio.ensure_future(awaitable)
    await wait_while_client_stays(call, awaited)
    return awaited.result()


async def wait_while_client_stays(call: Call, awaited: asyncio.Future[Any]) -> None:
    """Return once `awaited` is done, however that came; it is canceled if the client leaves.

    Raises:
        ClientGone: there is nobody left to answer.
    """
    leaving = asyncio.ensure_future(wait_for_leaving(call.connection.receive))
    try:
        await asyncio.wait({awaited, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not awaited.done():
            raise ClientGone
    finally:
        for each in (awaited, leaving):
            each.cancel()
        await asyncio.gather(awaited, leaving, return_exceptions=True)
