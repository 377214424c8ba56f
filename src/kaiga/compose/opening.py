"""Opens what every process of Kaiga works with: stores, objects, and the parts on them."""

import asyncio
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from kaiga.catalogue import read_catalogue
from kaiga.compose.emulation import Emulation
from kaiga.compose.engines.ray_cluster import build_ray_bridge, reach_cluster
from kaiga.compose.objects import open_objects_of
from kaiga.compose.parts import ARRIVING, INPUTS, SHRINKING, SNAPSHOTS, Parts, build_parts
from kaiga.compose.routes.controls import bound_bytes
from kaiga.compose.stores import open_accounts, open_stores
from kaiga.compose.watching import close_tracer
from kaiga.objects import open_memory
from kaiga.ports.clock import Calendar
from kaiga.ports.tracer import Tracer
from kaiga.settings import Settings
from kaiga.system_clock import SystemCalendar


@asynccontextmanager
async def open_parts(settings: Settings, calendar: Calendar | None = None) -> AsyncGenerator[Parts]:
    """Open everything for as long as the block lasts.

    Without a `calendar` the machine's own is used.

    Raises:
        StartRefused: something here can't be used; the message says what and why.
        SettingInvalid: a setting names something that is not known.
    """
    catalogue = read_catalogue(settings.catalogue)
    objects = open_memory() if settings.emulator_memory else open_objects_of(settings)
    await objects.check()
    tracer: Tracer | None = None
    ray = build_ray_bridge(settings)
    try:
        async with open_stores(settings) as stores:
            if ray is not None:
                await reach_cluster(ray, settings)
            for name in (INPUTS, ARRIVING, SNAPSHOTS, SHRINKING):
                await asyncio.to_thread(shutil.rmtree, settings.data / name, ignore_errors=True)
            machine = calendar or SystemCalendar()
            emulation = (
                Emulation(machine, settings, catalogue, objects, open_accounts(stores))
                if settings.emulator
                else None
            )
            parts = await build_parts(
                settings,
                catalogue,
                emulation.objects if emulation else objects,
                stores,
                emulation.clocks if emulation else machine,
                emulation,
                ray,
            )
            tracer = parts.watching.tracer
            if emulation is not None:
                bound_bytes(emulation, parts)
            yield parts
    finally:
        await close_tracer(tracer)
        if ray is not None:
            await ray.stop()
