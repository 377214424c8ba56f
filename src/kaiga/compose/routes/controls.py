"""Builds the routes that control an emulator, and what it does beside its usual work."""

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from kaiga.compose.emulation import Emulation
from kaiga.compose.parts import Parts
from kaiga.compose.routes.shared import RouteGroup
from kaiga.compose.seed_file import read_beside, read_seed_file
from kaiga.domain.errors import FieldInvalid, StartRefused
from kaiga.emulation_plans import read_ready_plans
from kaiga.http.bodies import BodyReader
from kaiga.http.emulator.accounts import AccountRoutes
from kaiga.http.emulator.clock import ClockRoutes
from kaiga.http.emulator.faults import FaultRoutes
from kaiga.http.emulator.guard import ControlGuard
from kaiga.http.emulator.notices import NoticeRoutes
from kaiga.http.emulator.pace import PaceRoutes
from kaiga.http.emulator.requests import RequestRoutes
from kaiga.http.emulator.seed import SeedRoutes
from kaiga.http.identity import PublicAddress
from kaiga.service.emulation.bounds import BoundBytes
from kaiga.service.emulation.load_seed import LoadSeed
from kaiga.service.emulation.schedule_submissions import ScheduleSubmissions
from kaiga.service.emulation.seeded_orders import CheckSeededTask
from kaiga.service.submitting.submit_task import SubmitTask
from kaiga.settings import Settings
from kaiga.worker.repeating import repeat_for_ever

_log = structlog.get_logger(__name__)
_BETWEEN_LOOKS_SECONDS = 0.5


def bound_bytes(emulation: Emulation, parts: Parts) -> None:
    """Have what is kept stay below its bound for as long as the emulator works."""
    bound = BoundBytes(
        tasks=parts.store,
        uploads=parts.uploads,
        accounts=emulation.accounts,
        objects=emulation.objects,
        most_bytes=parts.settings.emulator_max_bytes,
    )

    async def look() -> None:
        if not await bound():
            await asyncio.sleep(_BETWEEN_LOOKS_SECONDS)

    emulation.works.append(lambda: repeat_for_ever("keeping within bounds", look))


def build_control_routes(
    parts: Parts, submit_task: SubmitTask, address: PublicAddress, bodies: BodyReader
) -> Sequence[RouteGroup]:
    """Build the routes that control an emulator; none where this is no emulator."""
    emulation = parts.emulation
    if emulation is None:
        return ()
    load_seed = _build_load_seed(parts, emulation, submit_task)
    if parts.settings.emulator_seed is not None:
        emulation.starts.append(partial(_load_file, load_seed, parts.settings.emulator_seed))
    guard = ControlGuard(parts.key_ring, address, _list_own_hosts(parts.settings))
    return (
        ClockRoutes(
            clocks=emulation.clocks,
            catch_up=emulation.schedule.catch_up,
            guard=guard,
            bodies=bodies,
        ),
        AccountRoutes(
            accounts=emulation.accounts,
            forget=emulation.build_forget(parts.store, parts.manage_limits),
            calendar=emulation.clocks,
            guard=guard,
        ),
        PaceRoutes(paces=emulation.paces, guard=guard, bodies=bodies),
        FaultRoutes(faults=emulation.faults, plans=read_ready_plans(), guard=guard, bodies=bodies),
        RequestRoutes(log=emulation.requests, guard=guard),
        NoticeRoutes(log=emulation.notices, manage=parts.manage_webhooks, guard=guard),
        SeedRoutes(load_seed=load_seed, key_ring=parts.key_ring, guard=guard, bodies=bodies),
    )


def _build_load_seed(parts: Parts, emulation: Emulation, submit_task: SubmitTask) -> LoadSeed:
    return LoadSeed(
        check=CheckSeededTask(catalogue=parts.catalogue, rules=submit_task.rules),
        submit_task=ScheduleSubmissions(submit=submit_task, schedule=emulation.schedule),
        task_ids=submit_task.task_ids,
        tasks=parts.store,
        accounts=emulation.accounts,
        objects=parts.objects,
        key_ring=parts.key_ring,
        manage_keys=parts.manage_keys,
        calendar=parts.calendar,
        retention=parts.retention,
        region=parts.settings.region,
    )


async def _load_file(load_seed: LoadSeed, path: Path) -> None:
    seed = await asyncio.to_thread(read_seed_file, path)
    try:
        loaded = await load_seed(seed, None, partial(read_beside, path))
    except FieldInvalid as error:
        raise StartRefused(f"{path} is no seed: {error}") from error
    _log.info("loaded a seed", keys=loaded.keys, tasks=len(loaded.tasks), kept=len(loaded.kept))


def _list_own_hosts(settings: Settings) -> frozenset[str]:
    named = {settings.host.lower()}
    if settings.public_url:
        named.add(urlsplit(settings.public_url).hostname or "")
    return frozenset(named)
