"""Builds a whole Kaiga from its settings, and keeps it at work."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from kaiga.compose.attending import attend
from kaiga.compose.background import (
    build_courier,
    build_housekeeper,
    build_paced_supervisor,
    build_workforce,
    recover_for_others,
)
from kaiga.compose.emulation import Emulation
from kaiga.compose.folders import hold_folder
from kaiga.compose.lanes import EVERY_LANE, NO_LANE, Lanes
from kaiga.compose.local_key import LocalKey
from kaiga.compose.nodes import join_nodes
from kaiga.compose.opening import open_parts
from kaiga.compose.parts import Parts
from kaiga.compose.routes.edge import build_application
from kaiga.domain.keys import Role
from kaiga.http.application import HttpApplication
from kaiga.http.asgi import Application
from kaiga.http.operations.postman import PostmanFiles
from kaiga.ports.clock import Calendar
from kaiga.service.keys.manage_keys import ManageKeys
from kaiga.settings import Settings
from kaiga.worker.courier import Courier
from kaiga.worker.housekeeper import Housekeeper
from kaiga.worker.paced_supervisor import PacedSupervisor
from kaiga.worker.workforce import Workforce


@dataclass(frozen=True, slots=True, kw_only=True)
class KaigaServer:
    """A Kaiga at work, and the application that an HTTP server has to serve.

    `served` is what to serve: the application, or what stands before it in an emulator.
    `new_key` is the text of the key that a first start has made; it is shown once.
    """

    application: HttpApplication
    served: Application
    supervisor: Workforce | PacedSupervisor
    courier: Courier
    housekeeper: Housekeeper
    new_key: str | None
    works: Sequence[Callable[[], Awaitable[None]]]
    """What else goes on for as long as it is at work."""


@asynccontextmanager
async def open_server(
    settings: Settings,
    calendar: Calendar | None = None,
    postman: PostmanFiles | None = None,
) -> AsyncGenerator[KaigaServer]:
    """Open the stores, take back what a crash left behind, and start the supervisor.

    Without a `calendar` the machine's own is used, and without `postman` there is nothing to
    download for Postman.

    Raises:
        StartRefused: something here can't be used; the message says what and why.
        SettingInvalid: a setting names something that is not known.
    """
    # SQLite's own lock says the same of its folder.
    with hold_folder(settings.data) if settings.is_shared else contextlib.nullcontext():
        async with _open_server(settings, calendar, postman) as server:
            yield server


@asynccontextmanager
async def _open_server(
    settings: Settings, calendar: Calendar | None, postman: PostmanFiles | None
) -> AsyncGenerator[KaigaServer]:
    async with open_parts(settings, calendar) as parts:
        emulation = parts.emulation
        local_key = LocalKey(None if settings.emulator_memory else settings.data, parts.manage_keys)
        new_key = await _ensure_key(settings, parts.manage_keys, local_key)
        application = build_application(parts, local_key, postman)
        served = application if emulation is None else _disturb(application, emulation, parts)
        lanes = _choose_lanes(settings)
        supervisor = (
            build_paced_supervisor(parts, parts.pacing)
            if parts.pacing
            else build_workforce(parts, lanes)
        )
        server = KaigaServer(
            application=application,
            served=served,
            supervisor=supervisor,
            courier=build_courier(parts),
            housekeeper=build_housekeeper(parts),
            new_key=new_key,
            works=(
                *parts.works,
                *join_nodes(parts),
                *attend(parts, "node", supervisor, lanes),
                *((recover_for_others(parts),) if lanes is NO_LANE else ()),
                *(emulation.works if emulation else ()),
            ),
        )
        for start in emulation.starts if emulation else ():
            await start()
        async with _working(server):
            yield server


def _choose_lanes(settings: Settings) -> Lanes:
    """Tell what is run here: nothing where that is left to workers of a shared store."""
    return NO_LANE if settings.is_shared and not settings.workers else EVERY_LANE


def _disturb(application: HttpApplication, emulation: Emulation, parts: Parts) -> Application:
    return emulation.disturb_calls(application, parts.key_ring, parts.hot, parts.manage_keys.pepper)


async def _ensure_key(
    settings: Settings, manage_keys: ManageKeys, local_key: LocalKey
) -> str | None:
    """See that some key opens this server; gives the text of one that was made for that."""
    if settings.api_key:
        await manage_keys.create(
            name="KAIGA_API_KEY", role=Role(settings.api_key_role), text=settings.api_key
        )
        return None
    if await manage_keys.list_all():
        return None
    return await local_key.make()


@asynccontextmanager
async def _working(server: KaigaServer) -> AsyncGenerator[None]:
    """Keep supervisor, courier and housekeeper at work; on the way out, stop them with grace."""
    await server.supervisor.take_over()
    work = asyncio.gather(
        server.supervisor.run(),
        server.courier.run(),
        server.housekeeper.run(),
        *(each() for each in server.works),
    )
    try:
        yield
    finally:
        await server.supervisor.stop()
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        await server.housekeeper.stop()
