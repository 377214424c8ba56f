"""Builds the routes of the contract, below `/api/v1`."""

from kaiga.compose.pacing import DUE_HOLD_SECONDS
from kaiga.compose.parts import Parts
from kaiga.compose.routes.shared import Shared
from kaiga.http.dashscope.canceling import CancelRoute
from kaiga.http.dashscope.creating import CreateRoute
from kaiga.http.dashscope.holding import PollHolder
from kaiga.http.dashscope.listing import ListRoute
from kaiga.http.dashscope.models import ModelRoutes
from kaiga.http.dashscope.querying import QueryRoute
from kaiga.http.dashscope.routes import DashscopeRoutes
from kaiga.http.dashscope.synchronous import SynchronousAnswers
from kaiga.http.dashscope.tokens import TokenRoute
from kaiga.http.dashscope.uploads import UploadPolicyRoute
from kaiga.service.emulation.schedule_submissions import ScheduleSubmissions
from kaiga.service.keys.mint_temporary_key import MintTemporaryKey
from kaiga.service.owning.cancel_task import CancelTask
from kaiga.service.reading.hold_polls import HoldPolls
from kaiga.service.reading.list_tasks import ListTasks
from kaiga.service.submitting.submit_task import SubmitTask
from kaiga.service.submitting.trace_submissions import Submit
from kaiga.service.uploads.grant_upload import GrantUpload


def build_contract_routes(parts: Parts, shared: Shared) -> DashscopeRoutes:
    """Build tasks, models, uploads and temporary keys."""
    callers = shared.callers
    return DashscopeRoutes(
        create=_build_create(parts, shared),
        query=_build_query(parts, shared),
        list=ListRoute(
            list_tasks=ListTasks(store=parts.store, calendar=parts.calendar),
            callers=callers,
            zone=parts.settings.time_zone,
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
                max_bytes=parts.settings.max_upload_bytes,
            ),
            callers=callers,
            address=shared.address,
        ),
        tokens=TokenRoute(
            mint=MintTemporaryKey(calendar=parts.calendar, pepper=parts.manage_keys.pepper),
            callers=callers,
        ),
        models=ModelRoutes(
            catalogue=parts.catalogue,
            callers=callers,
            limits=parts.manage_limits.book,
            engine_of=shared.engine_of,
        ),
    )


def _build_create(parts: Parts, shared: Shared) -> CreateRoute:
    return CreateRoute(
        submit_task=_build_submit(parts, shared.submit_task),
        synchronous=SynchronousAnswers(
            await_task=shared.await_task,
            renderer=shared.renderer,
            address=shared.address,
            calendar=parts.calendar,
            engine_of=shared.engine_of,
        ),
        callers=shared.callers,
        bodies=shared.bodies,
        catalogue=parts.catalogue,
        engine_of=shared.engine_of,
        on_created=shared.events.note_new,
    )


def _build_query(parts: Parts, shared: Shared) -> QueryRoute:
    return QueryRoute(
        rates=shared.rates,
        query_task=shared.query_task,
        standing=shared.standing,
        holder=_build_holder(parts, shared.hold_polls),
        callers=shared.callers,
        renderer=shared.renderer,
        address=shared.address,
        calendar=parts.calendar,
        engine=parts.board.plan.specs[0].name,
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
