"""Builds the HTTP edge: every route, from the use cases that it calls."""

from collections.abc import Iterator

from kaiga.compose.local_key import LocalKey
from kaiga.compose.parts import ARRIVING, Parts
from kaiga.compose.routes.console import build_console_routes
from kaiga.compose.routes.contract import build_contract_routes
from kaiga.compose.routes.controls import build_control_routes
from kaiga.compose.routes.gallery import build_gallery_routes
from kaiga.compose.routes.openai import build_openai_routes
from kaiga.compose.routes.own import build_service_routes, build_task_routes
from kaiga.compose.routes.seen import build_seen_routes
from kaiga.compose.routes.shared import RouteGroup, Shared, build_shared
from kaiga.http.application import HttpApplication
from kaiga.http.dashscope.routes import DashscopeRoutes
from kaiga.http.files.receiving import UploadRoute
from kaiga.http.files.serving import FileRoute
from kaiga.http.operations.postman import PostmanFiles, PostmanRoutes
from kaiga.http.operations.routing import RouteTable
from kaiga.http.reference.pages import ReferencePages
from kaiga.service.uploads.take_upload import TakeUpload


def build_application(
    parts: Parts, local_key: LocalKey, postman: PostmanFiles | None = None
) -> HttpApplication:
    """Build the routes of the contract, of files, of OpenAI's shapes, and of Kaiga itself."""
    shared = build_shared(parts)
    contract = build_contract_routes(parts, shared)
    groups = (
        *build_service_routes(parts, shared, local_key.forget),
        *_build_other_routes(parts, shared, contract),
        ReferencePages(),
        *([PostmanRoutes(files=postman, address=shared.address)] if postman else []),
    )
    return HttpApplication(
        dashscope=contract,
        files=FileRoute(links=parts.links, objects=parts.objects),
        uploads=UploadRoute(take_upload=_build_take_upload(parts), bodies=shared.bodies),
        operations=RouteTable(route for group in groups for route in group.routes()),
        on_stop=[shared.hold_polls.stop, shared.events.stop],
        tracer=parts.watching.tracer,
    )


def _build_other_routes(
    parts: Parts, shared: Shared, contract: DashscopeRoutes
) -> Iterator[RouteGroup]:
    """Build what is about tasks and their results, and what watches and controls the service."""
    results, thumbnails, archives, manifests = build_gallery_routes(
        parts, shared.callers, shared.inspect_task, shared.address
    )
    yield from build_task_routes(parts, shared, contract)
    yield from (results, thumbnails, archives, manifests)
    yield from build_openai_routes(parts, shared, contract.create, thumbnails.show_thumbnail)
    yield from build_console_routes(parts, shared)
    yield from build_seen_routes(parts, contract.create, contract.query)
    yield from build_control_routes(parts, shared.submit_task, shared.address, shared.bodies)


def _build_take_upload(parts: Parts) -> TakeUpload:
    return TakeUpload(
        keys=parts.link_keys,
        uploads=parts.uploads,
        objects=parts.objects,
        calendar=parts.calendar,
        max_bytes=parts.settings.max_upload_bytes,
        folder=parts.settings.data / ARRIVING,
    )
