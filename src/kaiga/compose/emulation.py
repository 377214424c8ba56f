"""Builds what makes a Kaiga an emulator."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

import structlog

from kaiga.compose.seed_file import read_beside, read_seed_file
from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.errors import FieldInvalid, StartRefused
from kaiga.domain.ids import AccountId
from kaiga.emulation_plans import read_plan_file, read_ready_plans
from kaiga.http.asgi import Application
from kaiga.http.bodies import BodyReader
from kaiga.http.emulator.accounts import AccountRoutes
from kaiga.http.emulator.clock import ClockRoutes
from kaiga.http.emulator.faults import FaultRoutes
from kaiga.http.emulator.faulty_application import FaultyApplication
from kaiga.http.emulator.guard import ControlGuard
from kaiga.http.emulator.notices import NoticeRoutes
from kaiga.http.emulator.noting import NoteRequests
from kaiga.http.emulator.occasions import FindOccasion
from kaiga.http.emulator.pace import PaceRoutes
from kaiga.http.emulator.requests import RequestRoutes
from kaiga.http.emulator.seed import SeedRoutes
from kaiga.http.identity import PublicAddress
from kaiga.http.operations.routing import Route
from kaiga.ports.account_store import AccountStore
from kaiga.ports.clock import Calendar
from kaiga.ports.key_store import KeyStore
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.task_store import TaskStore
from kaiga.service.deliver_notices import DeliverNotice
from kaiga.service.emulation.account_clocks import AccountClocks
from kaiga.service.emulation.account_log import AccountLog
from kaiga.service.emulation.account_paces import AccountPaces
from kaiga.service.emulation.bounds import BoundAccounts, BoundBytes, MeasuredObjects
from kaiga.service.emulation.disturb_notices import DisturbNotices
from kaiga.service.emulation.fault_book import FaultBook
from kaiga.service.emulation.forget_account import ForgetAccount
from kaiga.service.emulation.load_seed import LoadSeed
from kaiga.service.emulation.noted import NotedNotice, NotedRequest
from kaiga.service.emulation.open_door import ACCOUNT_PREFIX, OpenDoor
from kaiga.service.emulation.schedule import Schedule
from kaiga.service.emulation.schedule_submissions import ScheduleSubmissions
from kaiga.service.emulation.seeded_orders import CheckSeededTask
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.key_ring import KeyRing
from kaiga.service.manage_limits import ManageLimits
from kaiga.service.submit_task import SubmitTask
from kaiga.settings import Settings
from kaiga.worker.repeating import repeat_for_ever

if TYPE_CHECKING:
    from kaiga.compose.parts import Parts

_log = structlog.get_logger(__name__)
_BETWEEN_LOOKS_SECONDS = 0.5


class _RouteGroup(Protocol):
    def routes(self) -> Sequence[Route]: ...


class Emulation:
    """What an emulator keeps beside the parts that every Kaiga has.

    `starts` are awaited once before it serves, `works` go on beside it until it is stopped.
    """

    def __init__(
        self,
        machine: Calendar,
        settings: Settings,
        catalogue: Catalogue,
        objects: ObjectStore,
        accounts: AccountStore,
    ) -> None:
        self.clocks = AccountClocks(machine)
        self.accounts = accounts
        self.objects = MeasuredObjects(objects)
        plan = settings.emulator_faults and read_plan_file(settings.emulator_faults)
        self.faults = FaultBook(machine, plan.faults if plan else ())
        self.paces = AccountPaces(settings.emulator_pace, catalogue)
        self.schedule = Schedule(self.clocks, self.paces.find, self.faults.choose_fate)
        self.requests: AccountLog[NotedRequest] = AccountLog()
        self.notices: AccountLog[NotedNotice] = AccountLog()
        self.starts: list[Callable[[], Awaitable[None]]] = [self.objects.look]
        self.works: list[Callable[[], Awaitable[None]]] = []
        self._reset_listeners: list[Callable[[AccountId], None]] = [
            self.clocks.reset,
            self.faults.reset,
            self.paces.reset,
            self.requests.clear,
            self.notices.clear,
        ]

    def on_reset(self, listener: Callable[[AccountId], None]) -> None:
        """Have `listener` called with each account that is reset or forgotten."""
        self._reset_listeners.append(listener)

    def build_forget(self, tasks: TaskStore, limits: ManageLimits) -> ForgetAccount:
        """Build what resets accounts; it tells all listeners, also later ones."""
        return ForgetAccount(
            tasks=tasks,
            accounts=self.accounts,
            objects=self.objects,
            limits=limits,
            listeners=self._reset_listeners,
        )

    def build_door(
        self, settings: Settings, keys: KeyStore, pepper: bytes, forget: ForgetAccount
    ) -> OpenDoor:
        """Build what lets every key in, as long as there is room."""
        bounds = BoundAccounts(
            accounts=self.accounts,
            forget=forget,
            prefix=ACCOUNT_PREFIX,
            most=settings.emulator_max_accounts,
        )
        return OpenDoor(store=keys, calendar=self.clocks, pepper=pepper, bounds=bounds)

    def disturb_calls(
        self, application: Application, key_ring: KeyRing, hot: HotTasks, pepper: bytes
    ) -> FaultyApplication:
        """Build what stands before the application."""
        return FaultyApplication(
            application=application,
            find_occasion=FindOccasion(key_ring, hot),
            faults=self.faults,
            note=NoteRequests(self.requests, self.clocks, pepper),
            calendar=self.clocks,
        )

    def disturb_notices(self, deliver: DeliverNotice) -> DisturbNotices:
        """Build what stands before the delivery of notices."""
        return DisturbNotices(
            deliver=deliver, faults=self.faults, log=self.notices, calendar=self.clocks
        )


def bound_bytes(emulation: Emulation, parts: "Parts") -> None:
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
    parts: "Parts", submit_task: SubmitTask, address: PublicAddress, bodies: BodyReader
) -> Sequence[_RouteGroup]:
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


def _build_load_seed(parts: "Parts", emulation: Emulation, submit_task: SubmitTask) -> LoadSeed:
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
