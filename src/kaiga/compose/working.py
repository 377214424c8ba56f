"""`kaiga worker`: claims and runs tasks of a store that other nodes serve."""

import asyncio
import contextlib
import dataclasses
import os
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import structlog

from kaiga.compose.attending import attend
from kaiga.compose.background import build_workforce
from kaiga.compose.folders import hold_worker_folder
from kaiga.compose.lanes import EVERY_LANE, Lanes
from kaiga.compose.nodes import join_nodes
from kaiga.compose.opening import open_parts
from kaiga.domain.errors import StartRefused
from kaiga.settings import Settings
from kaiga.telemetry import configure_logging
from kaiga.worker.workforce import Workforce

_log = structlog.get_logger(__name__)
_PRIVATE = 0o077


def work(settings: Settings, on_ready: Callable[[], None], lanes: Lanes = EVERY_LANE) -> None:
    """Work until Ctrl-C or SIGTERM; then finish within the grace, and give back the rest.

    Raises:
        StartRefused, SettingInvalid: it can't start here; the message says why.
    """
    if not settings.is_shared:
        raise StartRefused(
            "A worker needs a store that other nodes can open as well: set "
            "KAIGA_STORE=postgresql://user@host:port/database. On one machine `kaiga serve` "
            "has workers of its own."
        )
    if not settings.workers:
        raise StartRefused("KAIGA_WORKERS=0 leaves a worker nothing to work with.")
    os.umask(_PRIVATE)
    configure_logging(settings.log_level, as_json=settings.log_json)
    asyncio.run(_work(settings, on_ready, lanes))


async def _work(settings: Settings, on_ready: Callable[[], None], lanes: Lanes) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with _open_worker(settings, lanes):
        on_ready()
        await stop.wait()
        _log.info("finishing what runs here", seconds=settings.grace_seconds)


@asynccontextmanager
async def _open_worker(settings: Settings, lanes: Lanes) -> AsyncGenerator[Workforce]:
    with hold_worker_folder(settings.data) as data:
        async with _open_at(dataclasses.replace(settings, data=data), lanes) as workforce:
            yield workforce


@asynccontextmanager
async def _open_at(settings: Settings, lanes: Lanes) -> AsyncGenerator[Workforce]:
    async with open_parts(settings) as parts:
        workforce = build_workforce(parts, lanes)
        await workforce.take_over()
        attending = attend(parts, "worker", workforce, lanes)
        works = asyncio.gather(
            workforce.run(), *(each() for each in (*parts.works, *join_nodes(parts), *attending))
        )
        try:
            yield workforce
        finally:
            await workforce.stop()
            works.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await works
