"""`/kaiga/v1/tasks`: tasks shown with all that is known, and stopped also while they run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from kaiga.domain.errors import BodyMalformed, FieldInvalid, RoleTooLow
from kaiga.domain.ids import AccountId, KeyId
from kaiga.domain.keys import Caller, Role
from kaiga.domain.tasks import TaskStatus
from kaiga.http.asgi import Answer, Call
from kaiga.http.bodies import BodyReader
from kaiga.http.callers import Callers
from kaiga.http.dashscope.querying import QueryRoute
from kaiga.http.operations.routing import Route
from kaiga.ports.clock import Calendar
from kaiga.ports.task_store import WaitingFilter
from kaiga.service.owning.cancel_waiting import CancelWaiting
from kaiga.service.owning.stop_task import StopTask
from kaiga.service.reading.inspect_task import InspectTask
from kaiga.service.reading.show_task import ShowTask, TaskView
from kaiga.service.running.progress_report import CANCELING

_encode = msgspec.json.Encoder().encode


class CancelWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The body of `POST /kaiga/v1/tasks/cancel`; without account and key, the caller's own key."""

    status: str = TaskStatus.PENDING
    account: str | None = None
    key_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRoutes:
    """Answers what the contract's routes of tasks do not tell or do."""

    callers: Callers
    inspect_task: InspectTask
    show_task: ShowTask
    query: QueryRoute
    stop_task: StopTask
    cancel_waiting: CancelWaiting
    bodies: BodyReader
    calendar: Calendar

    def routes(self) -> Sequence[Route]:
        """List the routes of this group."""
        return (
            Route("POST", "/kaiga/v1/tasks/cancel", self._cancel_many),
            Route("GET", "/kaiga/v1/tasks/{task_id}", self._show),
            Route("GET", "/kaiga/v1/tasks/{task_id}/answer", self._answer),
            Route("POST", "/kaiga/v1/tasks/{task_id}/cancel", self._cancel),
        )

    async def _show(self, call: Call, task_id: str) -> Answer:
        caller = await self.callers.identify(call)
        view = await self.show_task(caller, task_id)
        return Answer(body=_encode({"request_id": call.request_id, **_show_view(view)}))

    async def _answer(self, call: Call, task_id: str) -> Answer:
        """Give what the contract's query tells the owner."""
        caller = await self.callers.identify(call)
        return self.query.tell(call, await self.inspect_task(caller, task_id))

    async def _cancel(self, call: Call, task_id: str) -> Answer:
        caller = await self.callers.identify(call)
        status = await self.stop_task(caller, task_id)
        told = {
            "request_id": call.request_id,
            "task_id": task_id,
            "status": status,
            "phase": CANCELING if status is TaskStatus.RUNNING else None,
        }
        return Answer(body=_encode(told))

    async def _cancel_many(self, call: Call) -> Answer:
        caller = await self.callers.identify(call)
        with self.bodies.reserve(call) as reservation:
            body = await reservation.read(call)
        done = await self.cancel_waiting(self._make_filter(caller, _read_wanted(body or b"{}")))
        told = {"request_id": call.request_id, "canceled": done.count, "has_more": done.has_more}
        return Answer(body=_encode(told))

    def _make_filter(self, caller: Caller, wanted: CancelWanted) -> WaitingFilter:
        """Say which tasks are meant.

        Raises:
            RoleTooLow: they are not those of the caller's own key, who is no admin.
        """
        account = AccountId(wanted.account or caller.principal.account)
        just_after_now = self.calendar.now(account) + timedelta(milliseconds=1)
        if wanted.account is None and wanted.key_id in {None, caller.principal.key_id}:
            return WaitingFilter(
                account=account,
                submitted_before=just_after_now,
                region=caller.region,
                key_id=caller.principal.key_id,
            )
        if caller.principal.role is not Role.ADMIN:
            raise RoleTooLow
        return WaitingFilter(
            account=account,
            submitted_before=just_after_now,
            key_id=KeyId(wanted.key_id) if wanted.key_id else None,
        )


def _read_wanted(body: bytes) -> CancelWanted:
    try:
        wanted = msgspec.json.decode(body, type=CancelWanted)
    except msgspec.ValidationError as error:
        raise FieldInvalid(f"{error}.") from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BodyMalformed from error
    if wanted.status != TaskStatus.PENDING:
        raise FieldInvalid("status must be PENDING; tasks that run are canceled one by one.")
    return wanted


def _show_view(view: TaskView) -> Mapping[str, object]:
    """Make the public form of a task; what is not known is null."""
    task, progress = view.task, view.progress
    steps = None if progress is None or not progress.steps else progress
    return {
        "task_id": task.id,
        "account": task.account,
        "status": task.status,
        "phase": view.phase,
        "loading": view.loading,
        "progress": steps and {"step": steps.step, "steps": steps.steps},
        "model": task.model,
        "operation": task.operation,
        "region": task.region,
        "workspace": task.workspace,
        "key_id": task.key_id,
        "create_request_id": task.request_id,
        "seed": task.generation and task.generation.seed,
        "actual_prompt": task.actual_prompt,
        "rewrite": "failed" if task.rewrite_failed else None,
        "engine": task.engine or None,
        "submitted_at": task.submitted_at,
        "scheduled_at": task.scheduled_at,
        "cancel_requested_at": task.cancel_requested_at,
        "ended_at": task.ended_at,
        "expires_at": task.expires_at,
        "code": task.failure and task.failure.code,
        "message": task.failure and task.failure.message,
        "attempts": view.attempts,
    }
