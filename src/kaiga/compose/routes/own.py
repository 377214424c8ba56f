"""Builds Kaiga's own routes: of tasks, of webhooks, and of who administers the service."""

from collections.abc import Callable, Mapping, Sequence

from kaiga import __version__
from kaiga.catalogue.parity import read_facts
from kaiga.compose.parts import SNAPSHOTS, Parts
from kaiga.compose.routes.shared import RouteGroup, Shared
from kaiga.http.dashscope.routes import DashscopeRoutes
from kaiga.http.operations.events import EventRoutes
from kaiga.http.operations.keys import KeyRoutes
from kaiga.http.operations.limits import LimitRoutes
from kaiga.http.operations.service import ServiceRoutes
from kaiga.http.operations.snapshots import SnapshotRoutes
from kaiga.http.operations.task_requests import TaskRequestRoutes
from kaiga.http.operations.task_search import TaskSearchRoutes
from kaiga.http.operations.tasks import TaskRoutes
from kaiga.http.operations.webhooks import WebhookRoutes
from kaiga.service.owning.cancel_waiting import CancelWaiting
from kaiga.service.reading.read_request import ReadRequest
from kaiga.service.reading.show_task import ShowTask


def build_task_routes(
    parts: Parts, shared: Shared, contract: DashscopeRoutes
) -> Sequence[RouteGroup]:
    """Build what of `/kaiga/v1/tasks` is not about results, and `/kaiga/v1/events`."""
    tasks = TaskRoutes(
        callers=shared.callers,
        inspect_task=shared.inspect_task,
        show_task=ShowTask(
            store=parts.store,
            inspect_task=shared.inspect_task,
            progress=parts.progress,
            board=parts.board,
        ),
        query=contract.query,
        stop_task=shared.stop_task,
        cancel_waiting=CancelWaiting(
            store=parts.store, calendar=parts.calendar, retention=parts.retention
        ),
        bodies=shared.bodies,
        calendar=parts.calendar,
    )
    requests = TaskRequestRoutes(
        callers=shared.callers,
        read_request=ReadRequest(
            inspect_task=shared.inspect_task, store=parts.store, objects=parts.objects
        ),
        create=contract.create,
        catalogue=parts.catalogue,
        bodies=shared.bodies,
    )
    search = TaskSearchRoutes(callers=shared.callers, search_tasks=shared.search_tasks)
    events = EventRoutes(
        events=shared.events,
        inspect_task=shared.inspect_task,
        callers=shared.callers,
        renderer=shared.renderer,
        address=shared.address,
        calendar=parts.calendar,
    )
    return tasks, requests, search, events


def build_service_routes(
    parts: Parts, shared: Shared, forget_local_key: Callable[[bytes], None]
) -> Sequence[RouteGroup]:
    """Build how the service is, keys, limits, webhooks, and copies of what is kept in a file."""
    settings, key_ring, bodies = parts.settings, parts.key_ring, shared.bodies
    service = ServiceRoutes(
        key_ring=key_ring,
        link_keys=parts.link_keys,
        catalogue=parts.catalogue,
        store=parts.store,
        costs=parts.crew.costs,
        missing=_list_missing(),
        engine_of=shared.engine_of,
        version=__version__,
        is_emulator=settings.emulator,
    )
    keys = KeyRoutes(
        manage_keys=parts.manage_keys,
        key_ring=key_ring,
        bodies=bodies,
        calendar=parts.calendar,
        forget_local_key=forget_local_key,
    )
    limits = LimitRoutes(manage_limits=parts.manage_limits, key_ring=key_ring, bodies=bodies)
    webhooks = WebhookRoutes(
        manage_webhooks=parts.manage_webhooks, key_ring=key_ring, bodies=bodies
    )
    snapshots = SnapshotRoutes(
        key_ring=key_ring,
        snapshots=parts.snapshots,
        folder=settings.data / SNAPSHOTS,
        objects_address=settings.objects_address,
    )
    groups = (service, keys, limits, webhooks)
    return groups if settings.emulator_memory else (*groups, snapshots)


def _list_missing() -> Sequence[Mapping[str, str]]:
    return [
        {"subject": subject.title, "point": fact.point, "here": fact.here}
        for subject in read_facts()
        for fact in subject.facts
        if fact.kind == "missing"
    ]
