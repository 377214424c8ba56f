"""Builds what the groups of routes share: who calls, what is read, and use cases of several."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Protocol

from kaiga.compose.engines.adapters import list_adapters
from kaiga.compose.parts import Parts
from kaiga.domain.rates import Rates
from kaiga.http.bodies import BodyReader
from kaiga.http.callers import Callers
from kaiga.http.dashscope.rendering import TaskRenderer
from kaiga.http.identity import PublicAddress
from kaiga.http.operations.routing import Route
from kaiga.service.emulation.request_seeds import draw_from_request
from kaiga.service.events.task_events import TaskEvents
from kaiga.service.limits.limit_rates import LimitRates
from kaiga.service.limits.shared_rates import SharedRates
from kaiga.service.owning.stop_task import StopTask
from kaiga.service.reading.await_task import AwaitTask
from kaiga.service.reading.hold_polls import HoldPolls
from kaiga.service.reading.inspect_task import InspectTask
from kaiga.service.reading.query_task import QueryTask
from kaiga.service.reading.search_tasks import SearchTasks
from kaiga.service.standing.queue_positions import QueuePositions
from kaiga.service.standing.task_standing import TaskStanding
from kaiga.service.submitting.record_task import RecordTask
from kaiga.service.submitting.repeats import Repeats
from kaiga.service.submitting.store_inline_media import StoreInlineMedia
from kaiga.service.submitting.submit_task import SubmitTask, draw_at_random, make_rules
from kaiga.service.submitting.task_ids import TaskIds
from kaiga.system_clock import MonotonicLeaseClock


class RouteGroup(Protocol):
    """Routes that belong together, for the table of them."""

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What groups of routes share; `engine_of` names the engine that a model is made by."""

    address: PublicAddress
    callers: Callers
    bodies: BodyReader
    renderer: TaskRenderer
    engine_of: Callable[[str], str]
    rates: LimitRates
    submit_task: SubmitTask
    await_task: AwaitTask
    hold_polls: HoldPolls
    query_task: QueryTask
    inspect_task: InspectTask
    stop_task: StopTask
    search_tasks: SearchTasks
    standing: TaskStanding
    events: TaskEvents


def build_shared(parts: Parts) -> Shared:
    """Build it."""
    settings = parts.settings
    address = PublicAddress(settings.public_url, settings.trusted_proxies)
    engine_of = parts.board.plan.first_of
    rates = _build_rates(parts)
    await_task = AwaitTask(parts.store, parts.hot, timedelta(seconds=settings.sync_timeout_seconds))
    query_task = QueryTask(hot=parts.hot, calendar=parts.calendar)
    standing, events = _build_telling(parts)
    return Shared(
        address=address,
        callers=Callers(parts.key_ring, settings.region, address),
        bodies=BodyReader(
            largest_bytes=settings.max_body_bytes,
            largest_in_flight_bytes=settings.max_in_flight_bytes,
        ),
        renderer=TaskRenderer(parts.catalogue, parts.links, settings.time_zone, engine_of),
        engine_of=engine_of,
        rates=rates,
        submit_task=_build_submit_task(parts, rates),
        await_task=await_task,
        hold_polls=HoldPolls(await_task),
        query_task=query_task,
        inspect_task=InspectTask(query_task=query_task),
        stop_task=StopTask(store=parts.store, query_task=query_task, retention=parts.retention),
        search_tasks=SearchTasks(store=parts.store, calendar=parts.calendar),
        standing=standing,
        events=events,
    )


def _build_rates(parts: Parts) -> LimitRates:
    clock = MonotonicLeaseClock()
    exchange = parts.rate_exchange
    rates = Rates() if exchange is None else SharedRates(exchange, clock)
    return LimitRates(book=parts.manage_limits.book, clock=clock, rates=rates)


def _build_submit_task(parts: Parts, rates: LimitRates) -> SubmitTask:
    return SubmitTask(
        catalogue=parts.catalogue,
        task_ids=TaskIds(),
        rules=make_rules(parts.catalogue),
        record=RecordTask(
            store=parts.store,
            hot=parts.hot,
            objects=parts.objects,
            inline_media=StoreInlineMedia(objects=parts.objects),
        ),
        repeats=Repeats(
            store=parts.store,
            hot=parts.hot,
            recognise_for=timedelta(seconds=parts.settings.repeat_seconds),
        ),
        rates=rates,
        calendar=parts.calendar,
        retention=parts.retention,
        refuse_at_submission=parts.settings.validate == "submit",
        draw_seed=draw_from_request if parts.emulation else draw_at_random,
        adapters_of=partial(list_adapters, parts.board.plan),
        is_answered=lambda model: bool(parts.board.plan.engines_of(model)),
    )


def _build_telling(parts: Parts) -> tuple[TaskStanding, TaskEvents]:
    """Build what tells of tasks before they end."""
    positions = QueuePositions(parts.store)
    standing = TaskStanding(
        progress=parts.progress,
        positions=positions,
        crew=parts.crew,
        calendar=parts.calendar,
    )
    events = TaskEvents(
        store=parts.store,
        hot=parts.hot,
        standing=standing,
        positions=positions,
        calendar=parts.calendar,
    )
    return standing, events
