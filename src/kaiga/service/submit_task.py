"""Takes an order: checks it, records it, and only then gives it an id."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from kaiga.domain.catalogue import Catalogue, Model
from kaiga.domain.errors import (
    AsynchronousCallRefused,
    ModelMissing,
    ModelNotHere,
    ModelUnknown,
    OrderRefused,
    RequestRefused,
    SynchronousCallRefused,
)
from kaiga.domain.generation import SEED_BITS
from kaiga.domain.ids import Lane, RequestId, TaskId
from kaiga.domain.keys import Principal
from kaiga.domain.lifetimes import expiry_of_task
from kaiga.domain.tasks import Failure, NewTask, Task, TaskStatus, request_object_key
from kaiga.domain.validation import Faults, OrderRules
from kaiga.ports.clock import Calendar
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.task_store import TaskStore
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.task_ids import TaskIds

_LARGEST_REQUEST_IN_A_ROW_BYTES = 32 * 1024


class Submission(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One create call: who asks, at which operation, and what for.

    `model`, `order_input` and `parameters` are as decoded, of whatever type; `raw_body` is the
    request as sent; `is_async` tells whether the call asked for a task.
    """

    principal: Principal
    operation: str
    is_async: bool
    model: object
    order_input: object
    parameters: object
    raw_body: bytes
    request_id: RequestId


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitTask:
    """The use case. With `refuse_at_submission`, a broken rule is an error and makes no task."""

    catalogue: Catalogue
    rules: Mapping[str, OrderRules]
    """The rules of every model of the catalogue, by its name."""
    task_ids: TaskIds
    store: TaskStore
    hot: HotTasks
    objects: ObjectStore
    calendar: Calendar
    retention: timedelta
    refuse_at_submission: bool

    async def __call__(self, submission: Submission) -> Task:
        """Record the task; on return it is durable.

        Raises:
            RequestRefused: the request can't be taken as it stands.
            SynchronousCallRefused, AsynchronousCallRefused: the mode is not the model's.
            StoreUnavailable, ObjectsUnavailable: nothing was recorded.
        """
        model = self._get_model(submission.model, submission.operation)
        _check_mode(model, submission.is_async)
        task = self._make_task(model, submission)
        await self._record(task, submission.raw_body)
        return task

    def _get_model(self, name: object, operation: str) -> Model:
        if name is None or name == "":
            raise ModelMissing
        if not isinstance(name, str):
            raise RequestRefused(
                "Required parameter(model) missing or invalid, please check the request parameters."
            )
        model = self.catalogue.find_model(name)
        if model is None:
            raise ModelUnknown
        if model.operation != operation:
            raise ModelNotHere
        return model

    def _make_task(self, model: Model, submission: Submission) -> Task:
        now = self.calendar.now(submission.principal.account)
        task_id = self.task_ids.draw(now)
        drawn_seed = random.getrandbits(SEED_BITS)
        rules = self.rules[model.name]
        checked = rules.check(submission.order_input, submission.parameters, drawn_seed)
        if isinstance(checked, Faults):
            if self.refuse_at_submission:
                raise OrderRefused(checked.message)
            return self._make_failed_task(task_id, model, submission, checked, now)
        return Task(
            id=task_id,
            account=submission.principal.account,
            workspace=submission.principal.workspace,
            key_id=submission.principal.key_id,
            request_id=submission.request_id,
            lane=Lane(model.name),
            model=model.name,
            operation=model.operation_name,
            generation=checked,
            status=TaskStatus.PENDING,
            submitted_at=now,
        )

    def _make_failed_task(
        self,
        task_id: TaskId,
        model: Model,
        submission: Submission,
        faults: Faults,
        now: datetime,
    ) -> Task:
        """Make the task of an order that breaks a rule: FAILED from the start, with no engine."""
        return Task(
            id=task_id,
            account=submission.principal.account,
            workspace=submission.principal.workspace,
            key_id=submission.principal.key_id,
            request_id=submission.request_id,
            lane=Lane(model.name),
            model=model.name,
            operation=model.operation_name,
            generation=None,
            status=TaskStatus.FAILED,
            submitted_at=now,
            scheduled_at=now,
            ended_at=now,
            expires_at=expiry_of_task(now, self.retention),
            failure=Failure(code=OrderRefused.code, message=faults.message),
        )

    async def _record(self, task: Task, raw_body: bytes) -> None:
        if len(raw_body) <= _LARGEST_REQUEST_IN_A_ROW_BYTES:
            new = NewTask(task=task, request=raw_body)
        else:
            key = request_object_key(task.account, task.id)
            await self.objects.put(key, raw_body)
            new = NewTask(task=task, request=None, request_object=key)
        token = self.hot.expect(task.id)
        try:
            await self.store.add(new)
        except BaseException:
            self.hot.give_up(task.id, token)
            raise
        self.hot.keep(task, token)


def _check_mode(model: Model, is_async: bool) -> None:
    if is_async and "async" not in model.modes:
        raise AsynchronousCallRefused
    if not is_async and "sync" not in model.modes:
        raise SynchronousCallRefused
