"""What every edge is built from."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from kaiga.compose.emulation import Emulation
from kaiga.compose.engines.children import build_children
from kaiga.compose.engines.engine_plan import read_plan
from kaiga.compose.marking import build_marking
from kaiga.compose.objects import find_link_signer
from kaiga.compose.pacing import Pacing, as_paced, build_pacing
from kaiga.compose.stores import Stores
from kaiga.compose.watching import Watching, build_watching
from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.engines import SKETCH
from kaiga.ports.clock import Calendar, LeaseClock
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.outbox import Outbox
from kaiga.ports.rate_exchange import RateExchange
from kaiga.ports.recent_failures import RecentFailures
from kaiga.ports.result_list import ResultList
from kaiga.ports.roster import Roster
from kaiga.ports.snapshots import Snapshots
from kaiga.ports.task_store import TaskStore
from kaiga.ports.upload_store import UploadStore
from kaiga.ports.upstream_calls import UpstreamCalls
from kaiga.ports.usage_ledger import UsageLedger
from kaiga.service.engines.engine_board import EngineBoard
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.keys.key_ring import KeyRing
from kaiga.service.keys.manage_keys import ManageKeys
from kaiga.service.limits.manage_limits import ManageLimits
from kaiga.service.links.drawn_results import HaveDrawn, drawn_at_once
from kaiga.service.links.link_keys import LinkKeys
from kaiga.service.links.result_links import ResultLinks
from kaiga.service.notices.manage_webhooks import ManageWebhooks
from kaiga.service.running.mark_results import Mark
from kaiga.service.standing.crew import Crew
from kaiga.service.standing.run_costs import RunCosts
from kaiga.service.standing.task_progress import TaskProgress
from kaiga.settings import Settings
from kaiga.worker.ray_actors.bridge import RayBridge

if TYPE_CHECKING:
    from kaiga.store.postgres import PostgresDatabase

INPUTS, ARRIVING, SNAPSHOTS, SHRINKING = "inputs", "arriving", "snapshots", "shrinking"
"""Folders below the data folder for files in use; a crash leaves some, and a start removes them."""

_FOR_DRAWING = 1
"""Children that an emulator has beside `KAIGA_WORKERS`: a clip that is being made must not keep
pictures from being drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What every edge is built from."""

    settings: Settings
    catalogue: Catalogue
    store: TaskStore
    results: ResultList
    uploads: UploadStore
    upstream_calls: UpstreamCalls
    outbox: Outbox
    usage: UsageLedger
    failures: RecentFailures
    objects: ObjectStore
    mark: Mark
    calendar: Calendar
    hot: HotTasks
    progress: TaskProgress
    crew: Crew
    key_ring: KeyRing
    manage_keys: ManageKeys
    manage_limits: ManageLimits
    link_keys: LinkKeys
    have_drawn: HaveDrawn
    links: ResultLinks
    manage_webhooks: ManageWebhooks
    retention: timedelta
    watching: Watching
    emulation: Emulation | None
    snapshots: Snapshots | None
    lease_clock: LeaseClock
    rate_exchange: RateExchange | None
    roster: Roster | None
    shared: "PostgresDatabase | None"
    pacing: Pacing | None
    board: EngineBoard
    ray: RayBridge | None
    """The cluster that the engines which compute run on."""
    works: Sequence[Callable[[], Awaitable[None]]]
    """What the stores need to go on for as long as they are open."""


async def build_parts(
    settings: Settings,
    catalogue: Catalogue,
    objects: ObjectStore,
    stores: Stores,
    calendar: Calendar,
    emulation: Emulation | None,
    ray: RayBridge | None = None,
) -> Parts:
    """Build what is shared; an emulator's `calendar` is its account clocks.

    Raises:
        SettingInvalid: kaiga.toml binds something that is not known.
        StoreUnavailable: the database does not answer.
        StartRefused: the certificate of results can't be used.
    """
    plan = read_plan(settings, catalogue)
    mark = await asyncio.to_thread(build_marking, settings, plan)
    store = stores.tasks
    pacing = emulation and build_pacing(
        schedule=emulation.schedule,
        store=as_paced(store),
        objects=objects,
        mark=mark,
        children=build_children(settings, SKETCH, settings.workers + _FOR_DRAWING),
        folder=settings.data / INPUTS,
    )
    key_store = stores.keys
    pepper = await key_store.get_pepper()
    have_drawn = pacing.draw if pacing else drawn_at_once
    hot = HotTasks(store)
    watching = build_watching(settings, stores, calendar)
    link_keys = LinkKeys(key_store, calendar)
    await link_keys.load()
    manage_limits = ManageLimits(
        store=stores.limits, keys=key_store, catalogue=catalogue, book=stores.book
    )
    await manage_limits.load()
    key_ring = KeyRing(key_store, calendar, pepper)
    if emulation is not None:
        forget = emulation.build_forget(store, manage_limits)
        door = emulation.build_door(settings, key_store, pepper, forget)
        key_ring = KeyRing(
            key_store,
            calendar,
            pepper,
            admit_stranger=door,
            admits_workspace=door.admits_workspace,
        )
    return Parts(
        settings=settings,
        catalogue=catalogue,
        store=store,
        results=stores.results,
        uploads=stores.uploads,
        upstream_calls=stores.upstream_calls,
        outbox=stores.outbox,
        usage=stores.usage,
        failures=stores.failures,
        objects=objects,
        mark=mark,
        calendar=calendar,
        hot=hot,
        progress=TaskProgress(store, stores.progress_board),
        crew=Crew(settings.workers, RunCosts()),
        key_ring=key_ring,
        manage_keys=ManageKeys(
            store=key_store,
            key_ring=key_ring,
            calendar=calendar,
            pepper=pepper,
            own_region=settings.region,
        ),
        manage_limits=manage_limits,
        link_keys=link_keys,
        have_drawn=have_drawn,
        links=ResultLinks(
            link_keys, hot, calendar, have_drawn, find_link_signer(settings, objects)
        ),
        manage_webhooks=ManageWebhooks(
            store=stores.webhooks,
            outbox=stores.outbox,
            calendar=calendar,
            pepper=pepper,
            own_region=settings.region,
        ),
        retention=timedelta(hours=settings.retention_hours),
        watching=watching,
        emulation=emulation,
        snapshots=stores.snapshots,
        lease_clock=stores.lease_clock,
        rate_exchange=stores.rate_exchange,
        roster=stores.roster,
        shared=stores.shared,
        pacing=pacing,
        board=EngineBoard(plan),
        ray=ray,
        works=stores.works,
    )
