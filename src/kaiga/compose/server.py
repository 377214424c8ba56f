"""Builds a whole Kaiga from its settings, and keeps it at work."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from kaiga.catalogue import read_catalogue
from kaiga.compose.background import (
    build_courier,
    build_housekeeper,
    build_paced_supervisor,
    build_workforce,
)
from kaiga.compose.controls import bound_bytes
from kaiga.compose.edge import build_application
from kaiga.compose.emulation import Emulation
from kaiga.compose.local_key import LocalKey
from kaiga.compose.objects import open_objects_of
from kaiga.compose.parts import ARRIVING, INPUTS, SHRINKING, SNAPSHOTS, Parts, build_parts
from kaiga.compose.ray_cluster import build_ray_bridge, reach_cluster
from kaiga.compose.watching import close_tracer
from kaiga.domain.keys import Role
from kaiga.http.application import HttpApplication
from kaiga.http.asgi import Application
from kaiga.http.operations.postman import PostmanFiles
from kaiga.objects import open_memory
from kaiga.ports.clock import Calendar
from kaiga.ports.tracer import Tracer
from kaiga.service.manage_keys import ManageKeys
from kaiga.settings import Settings
from kaiga.store.sqlite import SqliteAccountStore, SqliteDatabase
from kaiga.system_clock import SystemCalendar
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
    catalogue = read_catalogue(settings.catalogue)
    objects = open_memory() if settings.emulator_memory else open_objects_of(settings)
    await objects.check()
    database = (
        SqliteDatabase.open_in_memory()
        if settings.emulator_memory
        else SqliteDatabase.open(settings.database_path, of_emulator=settings.emulator)
    )
    tracer: Tracer | None = None
    ray = build_ray_bridge(settings)
    try:
        if ray is not None:
            await reach_cluster(ray, settings)
        for name in (INPUTS, ARRIVING, SNAPSHOTS, SHRINKING):
            await asyncio.to_thread(shutil.rmtree, settings.data / name, ignore_errors=True)
        machine = calendar or SystemCalendar()
        emulation = (
            Emulation(machine, settings, catalogue, objects, SqliteAccountStore(database))
            if settings.emulator
            else None
        )
        parts = await build_parts(
            settings,
            catalogue,
            emulation.objects if emulation else objects,
            database,
            emulation.clocks if emulation else machine,
            emulation,
            ray,
        )
        tracer = parts.watching.tracer
        if emulation is not None:
            bound_bytes(emulation, parts)
        local_key = LocalKey(None if settings.emulator_memory else settings.data, parts.manage_keys)
        new_key = await _ensure_key(settings, parts.manage_keys, local_key)
        application = build_application(parts, local_key, postman)
        served = application if emulation is None else _disturb(application, emulation, parts)
        server = KaigaServer(
            application=application,
            served=served,
            supervisor=(
                build_paced_supervisor(parts, parts.pacing)
                if parts.pacing
                else build_workforce(parts)
            ),
            courier=build_courier(parts),
            housekeeper=build_housekeeper(parts),
            new_key=new_key,
            works=emulation.works if emulation else (),
        )
        for start in emulation.starts if emulation else ():
            await start()
        async with _working(server):
            yield server
    finally:
        database.close()
        await close_tracer(tracer)
        if ray is not None:
            await ray.stop()


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
