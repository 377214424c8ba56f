"""Takes an order: checks it, records it, and only then gives it an id."""

import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from kaiga.domain.adapters import ChosenAdapter, write_adapters
from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import Mode, Model, name_of_operation
from kaiga.domain.errors import (
    AdapterUnknown,
    AsynchronousCallRefused,
    ModelMissing,
    ModelNotHere,
    ModelNotOffered,
    ModelUnbound,
    ModelUnknown,
    OrderRefused,
    RequestRefused,
    SubmittedBefore,
    SynchronousCallRefused,
)
from kaiga.domain.generation import SEED_BITS, Generation
from kaiga.domain.ids import RequestId, TaskId, WorkspaceId
from kaiga.domain.keys import Principal
from kaiga.domain.lifetimes import expiry_of_task
from kaiga.domain.tasks import (
    Failure,
    IdempotencyMark,
    NewTask,
    Task,
    TaskStatus,
)
from kaiga.domain.validation import Faults, OrderRules
from kaiga.domain.work import estimate_work
from kaiga.ports.clock import Calendar
from kaiga.service.limits.limit_rates import LimitRates
from kaiga.service.submitting.record_task import RecordTask
from kaiga.service.submitting.repeats import Repeats
from kaiga.service.submitting.task_ids import TaskIds

_LONGEST_SCHEME = 64
"""With white space before it, which some clients leave."""
_UNRESOLVED_UPLOAD = (
    "The provided URL does not appear to be valid. Ensure it is correctly formatted."
)
"""What an `oss://` address without its header is told (contract/core.md, 5.5 and 8.3)."""

RulesByEndpoint = Mapping[tuple[str, str, Mode], OrderRules]
"""By the model's name, the operation and the mode."""


class Extras(msgspec.Struct, frozen=True, kw_only=True):
    """What Kaiga adds to a create call: each is empty where the call has none of it.

    `priority` is -10 to 10, each step worth ten minutes of waiting in its own lane. `webhook` is
    a URL to tell of the task's end. `idempotency_key` is 1 to 255 visible ASCII characters.
    `adapters` are those of the model that the results are to be made with.
    """

    priority: int = 0
    webhook: str = ""
    idempotency_key: str = ""
    adapters: tuple[ChosenAdapter, ...] = ()


class Submission(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One create call: who asks, at which operation, and what for.

    `model`, `order_input` and `parameters` are as decoded, of whatever type; `raw_body` is the
    request as sent; `is_async` tells whether the call asked for a task, `resolves_uploads`
    whether it said that `oss://` addresses are to be resolved. With `refuses_faults`, a broken
    rule is told at once also where a task was asked for.
    """

    principal: Principal
    workspace: WorkspaceId
    region: str
    operation: str
    is_async: bool
    resolves_uploads: bool = False
    refuses_faults: bool = False
    extras: Extras = Extras()
    model: object
    order_input: object
    parameters: object
    raw_body: bytes
    request_id: RequestId


DrawSeed = Callable[[Submission], int]
"""Gives the seed of an order that names none: `SEED_BITS` bits."""


def draw_at_random(_submission: Submission) -> int:
    """Give any seed."""
    return random.getrandbits(SEED_BITS)


def _is_any(_model: str) -> bool:
    return True


def _has_none(_model: str) -> frozenset[str]:
    return frozenset()


def make_rules(catalogue: Catalogue) -> RulesByEndpoint:
    """Make the rules of every model at every one of its endpoints ready."""
    return {
        (model.name, endpoint.operation, endpoint.mode): OrderRules(model, endpoint)
        for model in catalogue.list_models()
        for endpoint in model.endpoints
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitTask:
    """The use case. With `refuse_at_submission`, a broken rule is an error and makes no task."""

    catalogue: Catalogue
    rules: RulesByEndpoint
    task_ids: TaskIds
    record: RecordTask
    repeats: Repeats
    rates: LimitRates
    calendar: Calendar
    retention: timedelta
    refuse_at_submission: bool
    draw_seed: DrawSeed = draw_at_random
    is_answered: Callable[[str], bool] = _is_any
    """Tells whether some engine here is to answer a model, by the catalogue's name."""
    adapters_of: Callable[[str], frozenset[str]] = _has_none
    """Gives the ids of the adapters that orders of a model may name, likewise."""

    async def __call__(self, submission: Submission) -> Task:
        """Record the task; on return it is durable.

        A broken rule makes a task that is FAILED from the start; whoever called synchronously is
        told at once instead. A call that is known to be a repeat gets the task of the first one.

        Raises:
            RepeatDiffers: the idempotency key is another call's.
            RateExceeded: the account or the key submits faster than it may; nothing was recorded.
            QueueFull: as many tasks of the account wait for the model as may.
            RequestRefused: the request can't be taken as it stands.
            AdapterUnknown: an adapter is named that the model does not have here.
            ModelUnbound: no engine of this server answers the model.
            ModelNotOffered: the model is not offered in this region.
            SynchronousCallRefused, AsynchronousCallRefused: the mode is not the model's.
            StoreUnavailable, ObjectsUnavailable: nothing was recorded.
        """
        principal, workspace = submission.principal, submission.workspace
        now = self.calendar.now(principal.account)
        mark = self.repeats.make_mark(
            submission.extras.idempotency_key,
            principal.key_id,
            submission.operation,
            _read_whole(submission),
            now,
        )
        if mark is None:
            return await self.record(self._prepare(submission, now, None))
        try:
            await self.repeats.check(principal.account, workspace, mark, now)
            return await self.record(self._prepare(submission, now, mark))
        except SubmittedBefore as before:
            return await self.repeats.find_task(before)

    def begin(
        self, submission: Submission, on_done: Callable[[Task | Exception], None]
    ) -> Awaitable[Task] | None:
        """Record the task with nobody awaiting it, where that can be done: see `RecordTask.begin`.

        Raises:
            KaigaError: as a call does, for an order that is refused before it is recorded.
        """
        if submission.extras.idempotency_key or self.repeats.recognise_for:
            return self(submission)
        now = self.calendar.now(submission.principal.account)
        return self.record.begin(self._prepare(submission, now, None), on_done)

    def _prepare(
        self, submission: Submission, now: datetime, mark: IdempotencyMark | None
    ) -> NewTask:
        """Check an order and make what is to be recorded; media in the request are there still."""
        model = self._get_model(submission)
        rules = self._get_rules(model, submission)
        self._ensure_adapters(model, submission.extras.adapters)
        self.rates.admit_submission(submission.principal, model.name)
        task_id = self.task_ids.draw(now)
        checked = _check(rules, submission, self.draw_seed(submission))
        if isinstance(checked, Faults):
            if self._is_refused(submission):
                raise OrderRefused(checked.message)
            return NewTask(
                task=self._make_failed_task(task_id, model, submission, checked, now),
                request=submission.raw_body,
                webhook=submission.extras.webhook,
                idempotency=mark,
            )
        return NewTask(
            task=_make_task(task_id, model, submission, checked, now),
            request=submission.raw_body,
            work=estimate_work(checked, is_clip=model.product == "video"),
            priority=submission.extras.priority,
            webhook=submission.extras.webhook,
            idempotency=mark,
        )

    def _ensure_adapters(self, model: Model, adapters: Sequence[ChosenAdapter]) -> None:
        if not adapters:
            return
        allowed = self.adapters_of(model.name)
        if any(each.id not in allowed for each in adapters):
            raise AdapterUnknown(model.name, allowed)

    def _is_refused(self, submission: Submission) -> bool:
        """Tell whether a broken rule is an error of the call, and makes no task."""
        return self.refuse_at_submission or submission.refuses_faults or not submission.is_async

    def _get_model(self, submission: Submission) -> Model:
        name = submission.model
        if name is None or name == "":
            raise ModelMissing
        if not isinstance(name, str):
            raise RequestRefused(
                "Required parameter(model) missing or invalid, please check the request parameters."
            )
        model = self.catalogue.find_model(name)
        if model is None:
            raise ModelUnknown
        if not self.is_answered(model.name):
            raise ModelUnbound(model.name)
        if model.regions and submission.region not in model.regions:
            raise ModelNotOffered
        return model

    def _get_rules(self, model: Model, submission: Submission) -> OrderRules:
        operation, is_async = submission.operation, submission.is_async
        rules = self.rules.get((model.name, operation, "async" if is_async else "sync"))
        if rules is not None:
            return rules
        if not model.list_endpoints(operation):
            raise ModelNotHere
        raise AsynchronousCallRefused if is_async else SynchronousCallRefused

    def _make_failed_task(
        self,
        task_id: TaskId,
        model: Model,
        submission: Submission,
        faults: Faults,
        now: datetime,
    ) -> Task:
        """Make the task of an order that breaks a rule: FAILED from the start, with no engine."""
        return msgspec.structs.replace(
            _make_task(task_id, model, submission, None, now),
            status=TaskStatus.FAILED,
            scheduled_at=now,
            ended_at=now,
            expires_at=expiry_of_task(now, self.retention),
            failure=Failure(code=OrderRefused.code, message=faults.message),
        )


def _check(rules: OrderRules, submission: Submission, drawn_seed: int) -> Generation | Faults:
    checked = rules.check(submission.order_input, submission.parameters, drawn_seed)
    if submission.extras.adapters and not isinstance(checked, Faults):
        checked = msgspec.structs.replace(checked, adapters=submission.extras.adapters)
    if isinstance(checked, Faults) or submission.resolves_uploads or not checked.media:
        return checked
    unresolved = tuple(
        f"{_UNRESOLVED_UPLOAD}: {each.member}"
        for each in checked.media
        if each.url[:_LONGEST_SCHEME].lstrip().lower().startswith("oss://")
    )
    return Faults(texts=unresolved) if unresolved else checked


def _read_whole(submission: Submission) -> bytes:
    """Give all of a call that decides on what is made, to tell it from another one."""
    adapters = submission.extras.adapters
    if not adapters:
        return submission.raw_body
    return submission.raw_body + b"\n" + write_adapters(adapters).encode()


def _make_task(
    task_id: TaskId,
    model: Model,
    submission: Submission,
    generation: Generation | None,
    now: datetime,
) -> Task:
    return Task(
        id=task_id,
        account=submission.principal.account,
        workspace=submission.workspace,
        key_id=submission.principal.key_id,
        request_id=submission.request_id,
        model=str(submission.model),  # as the client wrote it: an alias is shown as such
        catalogue_model=model.name,
        operation=name_of_operation(submission.operation),
        region=submission.region,
        generation=generation,
        status=TaskStatus.PENDING,
        submitted_at=now,
    )
