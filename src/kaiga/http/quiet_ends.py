"""How calls that take uvicorn's own way end where nobody is to be answered any more."""

import asyncio

from uvicorn._types import (
    ASGI3Application,
    ASGIReceiveCallable,
    ASGISendCallable,
    Scope,
)
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle


def let_end_quietly(application: ASGI3Application, cycle: RequestResponseCycle) -> ASGI3Application:
    """Give `application` for one call, which closes its connection once it is canceled.

    Only a stop whose grace is over cancels calls. uvicorn would log each as a bug, and answer
    outside the API's form.
    """

    async def serve(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        try:
            await application(scope, receive, send)
        except asyncio.CancelledError:
            cycle.disconnected = True
            cycle.transport.close()

    return serve


def tell_of_leaving(cycle: RequestResponseCycle) -> None:
    """Have a call know that its connection has ended; what it sends from now on goes nowhere."""
    cycle.disconnected = True
    cycle.message_event.set()
