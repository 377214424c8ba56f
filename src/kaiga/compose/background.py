"""Builds what works beside the HTTP edge: the supervisor, the courier and the housekeeper."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from kaiga.compose.engines.batching import build_profiles, join_runs
from kaiga.compose.engines.pools import build_pool
from kaiga.compose.judging import Judging, build_judging
from kaiga.compose.lanes import EVERY_LANE, Lanes
from kaiga.compose.late_fetcher import LateFetcher
from kaiga.compose.late_sender import LateSender
from kaiga.compose.pacing import Pacing
from kaiga.compose.parts import INPUTS, Parts
from kaiga.domain.engines import COMPUTING, SKETCH, EngineSpec
from kaiga.media.inspecting import ContentInspector, find_ffmpeg
from kaiga.ports.attempt_store import AttemptStore
from kaiga.ports.batch_profiles import BatchProfiles
from kaiga.ports.clock import LeaseClock
from kaiga.ports.engine_pool import EnginePool
from kaiga.service.emulation.paced_tasks import PacedTasks
from kaiga.service.emulation.postpone_results import PostponeResults
from kaiga.service.notices.deliver_notices import DeliverNotice
from kaiga.service.running.collect_inputs import CollectInputs
from kaiga.service.running.fail_overdue import FailOverdue
from kaiga.service.running.make_results import Make, MakeResults
from kaiga.service.running.recover_tasks import RecoverTasks
from kaiga.service.running.run_task import RunTask
from kaiga.service.running.stop_requests import StopRequests
from kaiga.service.tending.keep_house import PurgeExpired, SweepObjects
from kaiga.worker.courier import Courier
from kaiga.worker.housekeeper import Housekeeper
from kaiga.worker.paced_supervisor import MOST_RUNNING, PacedSupervisor
from kaiga.worker.repeating import repeat_for_ever
from kaiga.worker.supervisor import LOOKS_PER_LEASE, Supervisor, SupervisorPolicy
from kaiga.worker.workforce import Workforce

_PATIENCE = timedelta(minutes=10)
"""For an object store that is away: longer than a restart of one, and one task's work is saved."""


def build_workforce(parts: Parts, lanes: Lanes = EVERY_LANE) -> Workforce:
    """Build what claims and runs tasks here.

    Raises:
        SettingInvalid: see `Lanes.check`, `build_pool` and `build_judging`.
    """
    plan, profiles = parts.board.plan, build_profiles(parts.settings)
    lanes.check(plan)
    parts.board.keep_to(lanes.engines, lanes.models)
    judging = build_judging(parts.settings, _PATIENCE, parts.watching.meter)
    pools = {
        spec.name: _build_pool(spec, parts, profiles)
        for spec in plan.specs
        if lanes.engines is None or spec.name in lanes.engines
    }
    supervisors = {
        name: _build_supervisor(parts, judging, name, pool) for name, pool in pools.items()
    }
    return Workforce(supervisors, pools, parts.board)


def _build_pool(spec: EngineSpec, parts: Parts, profiles: BatchProfiles) -> EnginePool:
    """Build a pool; profiles tell of this machine's devices, not of a cluster's."""
    pool = build_pool(spec, parts)
    if parts.ray is not None and spec.kind in COMPUTING:
        return pool
    return join_runs(pool, spec, parts.board.plan, profiles)


def _build_supervisor(parts: Parts, judging: Judging, engine: str, pool: EnginePool) -> Supervisor:
    settings = parts.settings
    lease_clock = parts.lease_clock
    if pool.capabilities.rewrites_prompts:
        judging = judging.without_rewriting()
    run_task = _build_run_task(
        parts,
        judging,
        parts.store,
        _build_make_results(parts, judging),
        takes_adapters=pool.capabilities.lora,
    )
    return Supervisor(
        store=parts.store,
        run_task=parts.watching.watch_runs(run_task),
        recover_tasks=_build_recovery(parts, lease_clock),
        pool=pool,
        list_models=partial(parts.board.list_models, engine),
        engine=engine,
        calendar=parts.calendar,
        lease_clock=lease_clock,
        policy=SupervisorPolicy(
            lease_seconds=settings.lease_seconds, grace_seconds=settings.grace_seconds
        ),
    )


def build_paced_supervisor(parts: Parts, pacing: Pacing) -> PacedSupervisor:
    """Build what has an emulator's tasks begin and end.

    Raises:
        SettingInvalid: see `build_judging`.
    """
    judging = build_judging(parts.settings, _PATIENCE, parts.watching.meter)
    lease_clock = parts.lease_clock
    tasks = PacedTasks(pacing.store, pacing.schedule, SKETCH)
    make_results = PostponeResults(
        schedule=pacing.schedule,
        objects=parts.objects,
        make_results=_build_make_results(parts, judging),
        patience=_PATIENCE,
    )
    return PacedSupervisor(
        tasks=tasks,
        store=parts.store,
        run_task=parts.watching.watch_runs(_build_run_task(parts, judging, tasks, make_results)),
        recover_tasks=_build_recovery(parts, lease_clock),
        engines=pacing.engines,
        lease_clock=lease_clock,
        lease_seconds=parts.settings.lease_seconds,
        most_running=MOST_RUNNING if parts.settings.workers else 0,
    )


def recover_for_others(parts: Parts) -> Callable[[], Awaitable[None]]:
    """Build what takes tasks back from lost workers at a node that runs none itself.

    Else they would be shown as running until a worker joins.
    """
    recover = _build_recovery(parts, parts.lease_clock)

    async def look() -> None:
        await recover()
        await asyncio.sleep(parts.settings.lease_seconds / LOOKS_PER_LEASE)

    return lambda: repeat_for_ever("leases", look)


def _build_recovery(parts: Parts, lease_clock: LeaseClock) -> RecoverTasks:
    return RecoverTasks(
        store=parts.store,
        calendar=parts.calendar,
        lease_clock=lease_clock,
        retention=parts.retention,
        is_alone=parts.shared is None,
    )


def _build_make_results(parts: Parts, judging: Judging) -> MakeResults:
    return MakeResults(
        objects=parts.objects, mark=parts.mark, patience=_PATIENCE, content=judging.content
    )


def _build_run_task(
    parts: Parts,
    judging: Judging,
    store: AttemptStore,
    make_results: Make,
    *,
    takes_adapters: bool = False,
) -> RunTask:
    return RunTask(
        catalogue=parts.catalogue,
        store=store,
        make_results=make_results,
        inputs=_build_inputs(parts),
        prepare_prompt=judging.prepare_prompt,
        content=judging.content,
        calendar=parts.calendar,
        retention=parts.retention,
        costs=parts.crew.costs,
        longest_run=timedelta(seconds=parts.settings.task_timeout_seconds),
        progress=parts.progress,
        note_end=parts.board.note_end,
        stop_requests=StopRequests(parts.store),
        stop_grace=timedelta(seconds=parts.settings.cancel_grace_seconds),
        takes_adapters=takes_adapters,
    )


def _build_inputs(parts: Parts) -> CollectInputs:
    settings = parts.settings
    return CollectInputs(
        media_limits=parts.catalogue.media_limits,
        objects=parts.objects,
        links=parts.links,
        uploads=parts.uploads,
        fetcher=LateFetcher(
            allowed=settings.fetch_allow, timeout_seconds=settings.fetch_timeout_seconds
        ),
        inspector=ContentInspector(ffmpeg=find_ffmpeg(settings.ffmpeg)),
        calendar=parts.calendar,
        folder=settings.data / INPUTS,
    )


def build_courier(parts: Parts) -> Courier:
    """Build what tells webhooks of the ends of tasks."""
    settings = parts.settings
    deliver = DeliverNotice(
        outbox=parts.outbox,
        sender=LateSender(
            allowed=settings.fetch_allow, timeout_seconds=settings.webhook_timeout_seconds
        ),
        calendar=parts.calendar,
        pepper=parts.manage_keys.pepper,
        zone=settings.time_zone,
        first_wait=timedelta(seconds=settings.webhook_retry_seconds),
        meter=parts.watching.meter,
    )
    courier = Courier(
        outbox=parts.outbox,
        deliver=parts.emulation.disturb_notices(deliver) if parts.emulation else deliver,
        calendar=parts.calendar,
    )
    parts.store.on_announced(courier.look)
    return courier


def build_housekeeper(parts: Parts) -> Housekeeper:
    """Build what purges, sweeps and flushes."""
    settings = parts.settings
    oldest_unnamed = timedelta(seconds=settings.lease_seconds + settings.sweep_margin_seconds)
    return Housekeeper(
        purge=PurgeExpired(
            store=parts.store,
            uploads=parts.uploads,
            outbox=parts.outbox,
            objects=parts.objects,
            calendar=parts.calendar,
        ),
        sweep=SweepObjects(
            store=parts.store,
            objects=parts.objects,
            calendar=parts.calendar,
            oldest_unnamed=oldest_unnamed,
        ),
        fail_overdue=FailOverdue(
            store=parts.store,
            calendar=parts.calendar,
            retention=parts.retention,
            longest_wait=timedelta(seconds=settings.queue_timeout_seconds) or None,
        ),
        key_ring=parts.key_ring,
        purge_seconds=settings.housekeeping_seconds,
        sweep_seconds=settings.sweep_seconds,
    )
