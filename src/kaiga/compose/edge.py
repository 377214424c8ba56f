"""Builds the HTTP edge: every route, from the use cases that it calls."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from kaiga import __version__
from kaiga.catalogue.parity import read_facts
from kaiga.compose.controls import build_control_routes
from kaiga.compose.gallery import build_gallery_routes
from kaiga.compose.local_key import LocalKey
from kaiga.compose.overseeing import build_overseeing_routes
from kaiga.compose.pacing import DUE_HOLD_SECONDS
from kaiga.compose.parts import ARRIVING, SNAPSHOTS, Parts
from kaiga.compose.seen import build_seen_routes
from kaiga.http.application import HttpApplication
from kaiga.http.bodies import BodyReader
from kaiga.http.callers import Callers
from kaiga.http.console.pages import ConsolePages
from kaiga.http.console.session import SessionRoutes
from kaiga.http.dashscope.cancelling import CancelRoute
from kaiga.http.dashscope.creating import CreateRoute
from kaiga.http.dashscope.holding import PollHolder
from kaiga.http.dashscope.listing import ListRoute
from kaiga.http.dashscope.models import ModelRoutes
from kaiga.http.dashscope.querying import QueryRoute
from kaiga.http.dashscope.rendering import TaskRenderer
from kaiga.http.dashscope.routes import DashscopeRoutes
from kaiga.http.dashscope.synchronous import SynchronousAnswers
from kaiga.http.dashscope.tokens import TokenRoute
from kaiga.http.dashscope.uploads import UploadPolicyRoute
from kaiga.http.files.receiving import UploadRoute
from kaiga.http.files.serving import FileRoute
from kaiga.http.identity import PublicAddress
from kaiga.http.operations.events import EventRoutes
from kaiga.http.operations.forms import FormRoutes
from kaiga.http.operations.keys import KeyRoutes
from kaiga.http.operations.limits import LimitRoutes
from kaiga.http.operations.postman import PostmanFiles, PostmanRoutes
from kaiga.http.operations.routing import RouteTable
from kaiga.http.operations.service import ServiceRoutes
from kaiga.http.operations.snapshots import SnapshotRoutes
from kaiga.http.operations.task_requests import TaskRequestRoutes
from kaiga.http.operations.task_search import TaskSearchRoutes
from kaiga.http.operations.tasks import TaskRoutes
from kaiga.http.operations.webhooks import WebhookRoutes
from kaiga.http.reference.pages import ReferencePages
from kaiga.service.await_task import AwaitTask
from kaiga.service.cancel_task import CancelTask
from kaiga.service.cancel_waiting import CancelWaiting
from kaiga.service.emulation.request_seeds import draw_from_request
from kaiga.service.emulation.schedule_submissions import ScheduleSubmissions
from kaiga.service.grant_upload import GrantUpload
from kaiga.service.hold_polls import HoldPolls
from kaiga.service.inspect_task import InspectTask
from kaiga.service.limit_rates import LimitRates
from kaiga.service.list_tasks import ListTasks
from kaiga.service.mint_temporary_key import MintTemporaryKey
from kaiga.service.query_task import QueryTask
from kaiga.service.queue_positions import QueuePositions
from kaiga.service.read_request import ReadRequest
from kaiga.service.record_task import RecordTask
from kaiga.service.repeats import Repeats
from kaiga.service.search_tasks import SearchTasks
from kaiga.service.show_task import ShowTask
from kaiga.service.sign_in import SignIn
from kaiga.service.stop_task import StopTask
from kaiga.service.store_inline_media import StoreInlineMedia
from kaiga.service.submit_task import SubmitTask, draw_at_random, make_rules
from kaiga.service.take_upload import TakeUpload
from kaiga.service.task_events import TaskEvents
from kaiga.service.task_ids import TaskIds
from kaiga.service.task_standing import TaskStanding
from kaiga.service.trace_submissions import Submit
from kaiga.system_clock import MonotonicLeaseClock


def build_application(
    parts: Parts, local_key: LocalKey, postman: PostmanFiles | None = None
) -> HttpApplication:
    """Build the routes of the contract, of files, and of Kaiga itself."""
    settings, key_ring = parts.settings, parts.key_ring
    address = PublicAddress(settings.public_url, settings.trusted_proxies)
    callers = Callers(key_ring, settings.region, address)
    plan = parts.board.plan
    engine_of = plan.first_of
    renderer = TaskRenderer(parts.catalogue, parts.links, settings.time_zone, engine_of)
    bodies = BodyReader(
        largest_bytes=settings.max_body_bytes,
        largest_in_flight_bytes=settings.max_in_flight_bytes,
    )
    rates = LimitRates(book=parts.manage_limits.book, clock=MonotonicLeaseClock())
    await_task = AwaitTask(parts.store, parts.hot, timedelta(seconds=settings.sync_timeout_seconds))
    query_task = QueryTask(hot=parts.hot, calendar=parts.calendar)
    inspect_task = InspectTask(query_task=query_task)
    hold_polls = HoldPolls(await_task)
    standing, events = _build_telling(parts)
    submit_task = _build_submit_task(parts, rates)
    create = CreateRoute(
        submit_task=_build_submit(parts, submit_task),
        synchronous=SynchronousAnswers(
            await_task=await_task,
            renderer=renderer,
            address=address,
            calendar=parts.calendar,
            engine_of=engine_of,
        ),
        callers=callers,
        bodies=bodies,
        catalogue=parts.catalogue,
        engine_of=engine_of,
        on_created=events.note_new,
    )
    query = QueryRoute(
        rates=rates,
        query_task=query_task,
        standing=standing,
        holder=_build_holder(parts, hold_polls),
        callers=callers,
        renderer=renderer,
        address=address,
        calendar=parts.calendar,
        engine=plan.specs[0].name,
    )
    dashscope = DashscopeRoutes(
        create=create,
        query=query,
        list=ListRoute(
            list_tasks=ListTasks(store=parts.store, calendar=parts.calendar),
            callers=callers,
            zone=settings.time_zone,
        ),
        cancel=CancelRoute(
            cancel_task=CancelTask(
                store=parts.store, calendar=parts.calendar, retention=parts.retention
            ),
            callers=callers,
        ),
        uploads=UploadPolicyRoute(
            grant_upload=GrantUpload(
                keys=parts.link_keys,
                calendar=parts.calendar,
                max_bytes=settings.max_upload_bytes,
            ),
            callers=callers,
            address=address,
        ),
        tokens=TokenRoute(
            mint=MintTemporaryKey(calendar=parts.calendar, pepper=parts.manage_keys.pepper),
            callers=callers,
        ),
        models=ModelRoutes(
            catalogue=parts.catalogue,
            callers=callers,
            limits=parts.manage_limits.book,
            engine_of=engine_of,
        ),
    )
    keys = KeyRoutes(
        manage_keys=parts.manage_keys,
        key_ring=key_ring,
        bodies=bodies,
        calendar=parts.calendar,
        forget_local_key=local_key.forget,
    )
    limits = LimitRoutes(manage_limits=parts.manage_limits, key_ring=key_ring, bodies=bodies)
    service = ServiceRoutes(
        key_ring=key_ring,
        link_keys=parts.link_keys,
        catalogue=parts.catalogue,
        store=parts.store,
        costs=parts.costs,
        missing=_list_missing(),
        engine_of=engine_of,
        version=__version__,
        is_emulator=settings.emulator,
    )
    tasks = TaskRoutes(
        callers=callers,
        inspect_task=inspect_task,
        show_task=ShowTask(store=parts.store, inspect_task=inspect_task, progress=parts.progress),
        query=query,
        stop_task=StopTask(store=parts.store, query_task=query_task, retention=parts.retention),
        cancel_waiting=CancelWaiting(
            store=parts.store, calendar=parts.calendar, retention=parts.retention
        ),
        bodies=bodies,
        calendar=parts.calendar,
    )
    requests = TaskRequestRoutes(
        callers=callers,
        read_request=ReadRequest(
            inspect_task=inspect_task, store=parts.store, objects=parts.objects
        ),
        create=create,
        catalogue=parts.catalogue,
        bodies=bodies,
    )
    search = TaskSearchRoutes(
        callers=callers, search_tasks=SearchTasks(store=parts.store, calendar=parts.calendar)
    )
    seen = build_seen_routes(parts, create, query)
    control = build_control_routes(parts, submit_task, address, bodies)
    snapshots = SnapshotRoutes(
        key_ring=key_ring,
        snapshots=parts.snapshots,
        folder=settings.data / SNAPSHOTS,
        objects_address=settings.objects_address,
    )
    event_routes = EventRoutes(
        events=events,
        inspect_task=inspect_task,
        callers=callers,
        renderer=renderer,
        address=address,
        calendar=parts.calendar,
    )
    webhooks = WebhookRoutes(
        manage_webhooks=parts.manage_webhooks, key_ring=key_ring, bodies=bodies
    )
    session = SessionRoutes(
        sign_in=SignIn(key_ring=key_ring, calendar=parts.calendar, pepper=parts.manage_keys.pepper),
        key_ring=key_ring,
        address=address,
        bodies=bodies,
        is_emulator=settings.emulator,
    )
    files = FileRoute(links=parts.links, objects=parts.objects)
    uploads = UploadRoute(take_upload=_build_take_upload(parts), bodies=bodies)
    return HttpApplication(
        dashscope=dashscope,
        files=files,
        uploads=uploads,
        operations=RouteTable(
            route
            for group in (
                service,
                ReferencePages(),
                keys,
                limits,
                tasks,
                requests,
                search,
                event_routes,
                webhooks,
                *(() if settings.emulator_memory else (snapshots,)),
                *build_gallery_routes(parts, callers, inspect_task, address),
                session,
                FormRoutes(catalogue=parts.catalogue),
                ConsolePages(),
                *seen,
                *control,
                *build_overseeing_routes(parts),
                *([PostmanRoutes(files=postman, address=address)] if postman else []),
            )
            for route in group.routes()
        ),
        on_stop=[hold_polls.stop, events.stop],
        tracer=parts.watching.tracer,
    )


def _build_submit(parts: Parts, submit_task: SubmitTask) -> Submit:
    """Build what submits; an emulator decides what becomes of each task."""
    submit = parts.watching.watch_submissions(submit_task)
    if parts.pacing is None:
        return submit
    return ScheduleSubmissions(submit=submit, schedule=parts.pacing.schedule)


def _build_holder(parts: Parts, hold_polls: HoldPolls) -> PollHolder:
    seconds = parts.settings.hold_polls_seconds
    if parts.pacing is None or not parts.settings.workers:
        return PollHolder(hold_polls, seconds)
    return PollHolder(hold_polls, seconds or DUE_HOLD_SECONDS, parts.pacing.schedule.is_due_to_end)


def _list_missing() -> Sequence[Mapping[str, str]]:
    return [
        {"subject": subject.title, "point": fact.point, "here": fact.here}
        for subject in read_facts()
        for fact in subject.facts
        if fact.kind == "missing"
    ]


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
        is_answered=lambda model: bool(parts.board.plan.engines_of(model)),
    )


def _build_telling(parts: Parts) -> tuple[TaskStanding, TaskEvents]:
    """Build what tells of tasks before they end."""
    positions = QueuePositions(parts.store)
    standing = TaskStanding(
        progress=parts.progress,
        positions=positions,
        costs=parts.costs,
        calendar=parts.calendar,
        workers=parts.settings.workers,
    )
    events = TaskEvents(
        store=parts.store,
        hot=parts.hot,
        standing=standing,
        positions=positions,
        calendar=parts.calendar,
    )
    return standing, events


def _build_take_upload(parts: Parts) -> TakeUpload:
    return TakeUpload(
        keys=parts.link_keys,
        uploads=parts.uploads,
        objects=parts.objects,
        calendar=parts.calendar,
        max_bytes=parts.settings.max_upload_bytes,
        folder=parts.settings.data / ARRIVING,
    )
