"""Builds a whole Kaiga from its settings: stores, use cases, supervisor and the HTTP edge."""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from kaiga import __version__
from kaiga.catalogue import read_catalogue
from kaiga.compose.engine_child import EngineOptions, make_child_command
from kaiga.compose.late_fetcher import LateFetcher
from kaiga.compose.local_key import LocalKey
from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.ids import Lane
from kaiga.domain.keys import Role
from kaiga.http.application import HttpApplication
from kaiga.http.bodies import BodyReader
from kaiga.http.callers import Callers
from kaiga.http.dashscope.cancelling import CancelRoute
from kaiga.http.dashscope.creating import CreateRoute
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
from kaiga.http.operations.keys import KeyRoutes
from kaiga.http.operations.metrics import Numbers
from kaiga.http.operations.routes import OperationRoutes
from kaiga.media.inspecting import ContentInspector, find_ffmpeg
from kaiga.objects import open_objects
from kaiga.ports.object_store import ObjectStore
from kaiga.rewriters.rules import RuleRewriter
from kaiga.service.await_task import AwaitTask
from kaiga.service.cancel_task import CancelTask
from kaiga.service.collect_inputs import CollectInputs
from kaiga.service.grant_upload import GrantUpload
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.keep_house import PurgeExpired, SweepObjects
from kaiga.service.key_ring import KeyRing
from kaiga.service.link_keys import LinkKeys
from kaiga.service.list_tasks import ListTasks
from kaiga.service.manage_keys import ManageKeys
from kaiga.service.mint_temporary_key import MintTemporaryKey
from kaiga.service.query_task import QueryTask
from kaiga.service.recover_tasks import RecoverTasks
from kaiga.service.result_links import ResultLinks
from kaiga.service.run_task import RunTask
from kaiga.service.store_inline_media import StoreInlineMedia
from kaiga.service.submit_task import SubmitTask, make_rules
from kaiga.service.take_upload import TakeUpload
from kaiga.service.task_ids import TaskIds
from kaiga.settings import Settings
from kaiga.store.sqlite import (
    SqliteDatabase,
    SqliteKeyStore,
    SqliteTaskStore,
    SqliteUploadStore,
)
from kaiga.system_clock import MonotonicLeaseClock, SystemCalendar
from kaiga.worker.child_engine_process import ChildEngineProcess
from kaiga.worker.housekeeper import Housekeeper
from kaiga.worker.supervisor import Supervisor, SupervisorPolicy

ENGINE = "sketch"
"""What answers every model while no engine is configured."""
_INPUTS, _ARRIVING = "inputs", "arriving"
"""Folders below the data folder for files in use; a crash leaves some, and a start removes them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KaigaServer:
    """A Kaiga at work, and the application that an HTTP server has to serve.

    `new_key` is the text of the key that a first start has made; it is shown once.
    """

    application: HttpApplication
    supervisor: Supervisor
    housekeeper: Housekeeper
    new_key: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What every edge is built from."""

    settings: Settings
    catalogue: Catalogue
    store: SqliteTaskStore
    uploads: SqliteUploadStore
    objects: ObjectStore
    calendar: SystemCalendar
    hot: HotTasks
    key_ring: KeyRing
    manage_keys: ManageKeys
    link_keys: LinkKeys
    links: ResultLinks
    retention: timedelta


@asynccontextmanager
async def open_server(settings: Settings) -> AsyncGenerator[KaigaServer]:
    """Open the stores, take back what a crash left behind, and start the supervisor.

    Raises:
        StartRefused: something here can't be used; the message says what and why.
        SettingInvalid: a setting names something that is not known.
    """
    catalogue = read_catalogue(settings.catalogue)
    objects = open_objects(settings.objects_address)
    database = SqliteDatabase.open(settings.database_path)
    try:
        for name in (_INPUTS, _ARRIVING):
            await asyncio.to_thread(shutil.rmtree, settings.data / name, ignore_errors=True)
        parts = await _build_parts(settings, catalogue, objects, database)
        local_key = LocalKey(settings.data, parts.manage_keys)
        new_key = await _ensure_key(settings, parts.manage_keys, local_key)
        server = KaigaServer(
            application=_build_application(parts, local_key),
            supervisor=_build_supervisor(parts),
            housekeeper=_build_housekeeper(parts),
            new_key=new_key,
        )
        async with _working(server):
            yield server
    finally:
        database.close()


async def _build_parts(
    settings: Settings, catalogue: Catalogue, objects: ObjectStore, database: SqliteDatabase
) -> _Parts:
    store, key_store = SqliteTaskStore(database), SqliteKeyStore(database)
    calendar = SystemCalendar()
    pepper = await key_store.get_pepper()
    hot = HotTasks(store)
    key_ring = KeyRing(key_store, calendar, pepper)
    link_keys = LinkKeys(key_store, calendar)
    await link_keys.load()
    return _Parts(
        settings=settings,
        catalogue=catalogue,
        store=store,
        uploads=SqliteUploadStore(database),
        objects=objects,
        calendar=calendar,
        hot=hot,
        key_ring=key_ring,
        manage_keys=ManageKeys(
            store=key_store,
            key_ring=key_ring,
            calendar=calendar,
            pepper=pepper,
            own_region=settings.region,
        ),
        link_keys=link_keys,
        links=ResultLinks(link_keys, hot, calendar),
        retention=timedelta(hours=settings.retention_hours),
    )


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


def _build_application(parts: _Parts, local_key: LocalKey) -> HttpApplication:
    settings, key_ring = parts.settings, parts.key_ring
    address = PublicAddress(settings.public_url, settings.trusted_proxies)
    callers = Callers(key_ring, settings.region, address)
    renderer = TaskRenderer(parts.catalogue, parts.links, settings.time_zone, ENGINE)
    bodies = BodyReader(
        largest_bytes=settings.max_body_bytes,
        largest_in_flight_bytes=settings.max_in_flight_bytes,
    )
    create = CreateRoute(
        submit_task=SubmitTask(
            catalogue=parts.catalogue,
            task_ids=TaskIds(),
            rules=make_rules(parts.catalogue),
            store=parts.store,
            hot=parts.hot,
            objects=parts.objects,
            inline_media=StoreInlineMedia(objects=parts.objects),
            calendar=parts.calendar,
            retention=parts.retention,
            refuse_at_submission=settings.validate == "submit",
        ),
        synchronous=SynchronousAnswers(
            await_task=AwaitTask(
                parts.store, parts.hot, timedelta(seconds=settings.sync_timeout_seconds)
            ),
            renderer=renderer,
            address=address,
            calendar=parts.calendar,
            engine=ENGINE,
        ),
        callers=callers,
        bodies=bodies,
        catalogue=parts.catalogue,
        engine=ENGINE,
    )
    query = QueryRoute(
        query_task=QueryTask(hot=parts.hot, calendar=parts.calendar),
        callers=callers,
        renderer=renderer,
        address=address,
        calendar=parts.calendar,
        engine=ENGINE,
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
        models=ModelRoutes(catalogue=parts.catalogue, callers=callers, engine=ENGINE),
    )
    operations = OperationRoutes(
        keys=KeyRoutes(
            manage_keys=parts.manage_keys,
            key_ring=key_ring,
            bodies=bodies,
            calendar=parts.calendar,
            forget_local_key=local_key.forget,
        ),
        key_ring=key_ring,
        link_keys=parts.link_keys,
        catalogue=parts.catalogue,
        store=parts.store,
        engine=ENGINE,
        version=__version__,
        counters=lambda: _count(create, query, parts.hot),
    )
    files = FileRoute(links=parts.links, objects=parts.objects, calendar=parts.calendar)
    uploads = UploadRoute(take_upload=_build_take_upload(parts), bodies=bodies)
    return HttpApplication(dashscope=dashscope, files=files, uploads=uploads, operations=operations)


def _build_take_upload(parts: _Parts) -> TakeUpload:
    return TakeUpload(
        keys=parts.link_keys,
        uploads=parts.uploads,
        objects=parts.objects,
        calendar=parts.calendar,
        max_bytes=parts.settings.max_upload_bytes,
        folder=parts.settings.data / _ARRIVING,
    )


def _count(create: CreateRoute, query: QueryRoute, hot: HotTasks) -> Numbers:
    return {
        "kaiga_tasks_created": ("Tasks created since the start.", create.created),
        "kaiga_queries": ("Task queries answered.", query.answered),
        "kaiga_store_lookups": ("Tasks that had to be read from the store.", hot.reads),
    }


def _build_supervisor(parts: _Parts) -> Supervisor:
    settings = parts.settings
    lease_clock = MonotonicLeaseClock()
    options = EngineOptions(
        sketch_seconds=settings.sketch_seconds, ffmpeg=find_ffmpeg(settings.ffmpeg)
    )
    command = make_child_command(ENGINE, options)
    return Supervisor(
        store=parts.store,
        run_task=RunTask(
            catalogue=parts.catalogue,
            store=parts.store,
            objects=parts.objects,
            inputs=_build_inputs(parts),
            rewriter=RuleRewriter(),
            calendar=parts.calendar,
            retention=parts.retention,
            longest_run=timedelta(seconds=settings.task_timeout_seconds),
        ),
        recover_tasks=RecoverTasks(
            store=parts.store,
            calendar=parts.calendar,
            lease_clock=lease_clock,
            retention=parts.retention,
        ),
        slots=[ChildEngineProcess(command) for _ in range(settings.workers)],
        lanes=frozenset(Lane(model.name) for model in parts.catalogue.list_models()),
        engine=ENGINE,
        calendar=parts.calendar,
        lease_clock=lease_clock,
        policy=SupervisorPolicy(
            lease_seconds=settings.lease_seconds, grace_seconds=settings.grace_seconds
        ),
    )


def _build_inputs(parts: _Parts) -> CollectInputs:
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
        folder=settings.data / _INPUTS,
    )


def _build_housekeeper(parts: _Parts) -> Housekeeper:
    settings = parts.settings
    oldest_unnamed = timedelta(seconds=settings.lease_seconds + settings.sweep_margin_seconds)
    return Housekeeper(
        purge=PurgeExpired(
            store=parts.store,
            uploads=parts.uploads,
            objects=parts.objects,
            calendar=parts.calendar,
        ),
        sweep=SweepObjects(
            store=parts.store,
            objects=parts.objects,
            calendar=parts.calendar,
            oldest_unnamed=oldest_unnamed,
        ),
        key_ring=parts.key_ring,
        purge_seconds=settings.housekeeping_seconds,
        sweep_seconds=settings.sweep_seconds,
    )


@asynccontextmanager
async def _working(server: KaigaServer) -> AsyncGenerator[None]:
    """Keep supervisor and housekeeper at work; on the way out, stop them with grace."""
    await server.supervisor.take_over()
    work = asyncio.gather(server.supervisor.run(), server.housekeeper.run())
    try:
        yield
    finally:
        await server.supervisor.stop()
        work.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await work
        await server.housekeeper.stop()
