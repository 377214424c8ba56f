"""Checks the tasks of a seed before any of it is written, and makes them whole."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import Endpoint, Model, name_of_operation
from kaiga.domain.emulation.seeds import SeededResult, SeededTask
from kaiga.domain.emulation.shifts import LONGEST_ADVANCE
from kaiga.domain.errors import FieldInvalid
from kaiga.domain.generation import Generation
from kaiga.domain.ids import RequestId, TaskId, is_task_id
from kaiga.domain.keys import Principal
from kaiga.domain.lifetimes import expiry_of_task
from kaiga.domain.measures import measure
from kaiga.domain.media import MediaType, recognise_media
from kaiga.domain.tasks import Failure, StoredResult, Task, TaskStatus, Usage, result_object_key
from kaiga.domain.usage import count_files, make_usage
from kaiga.domain.validation import Faults
from kaiga.service.submitting.submit_task import RulesByEndpoint

ReadFile = Callable[[str], bytes]
"""Gives the content of a file beside the seed; raises `FieldInvalid` where there is none."""

ENGINE = "seed"
"""What made the results of seeded tasks."""
_SEED = 1
"""Of the orders of tasks that have ended: nothing is drawn from it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeededOrder:
    """A task of a seed that was checked, with the content of its results."""

    seeded: SeededTask
    model: Model
    endpoint: Endpoint
    generation: Generation | None
    contents: Sequence[tuple[bytes, MediaType]]

    @property
    def body(self) -> bytes:
        """The request that it stands for."""
        seeded = self.seeded
        members = {"model": seeded.model, "input": seeded.input, "parameters": seeded.parameters}
        return msgspec.json.encode(members)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckSeededTask:
    """A part of loading a seed; it writes nothing."""

    catalogue: Catalogue
    rules: RulesByEndpoint

    def __call__(self, seeded: SeededTask, read_file: ReadFile) -> SeededOrder:
        """Give a task of a seed, checked.

        Raises:
            FieldInvalid: it can't be; the message says why.
        """
        model = self.catalogue.find_model(seeded.model)
        if model is None:
            raise FieldInvalid(f"model must be one of the catalogue; {seeded.model} is none.")
        endpoint = _find_endpoint(model, seeded.operation)
        _check_times(seeded)
        rules = self.rules[model.name, endpoint.operation, endpoint.mode]
        checked = rules.check(seeded.input, seeded.parameters, _SEED)
        if isinstance(checked, Faults) and seeded.state != "FAILED":
            raise FieldInvalid(checked.message)
        return SeededOrder(
            seeded=seeded,
            model=model,
            endpoint=endpoint,
            generation=None if isinstance(checked, Faults) else checked,
            contents=[_read_result(result, read_file) for result in seeded.results],
        )


def make_ended_task(
    order: SeededOrder,
    task_id: TaskId,
    principal: Principal,
    region: str,
    now: datetime,
    retention: timedelta,
) -> Task:
    """Make the task of an order that has ended, `now` by its account's calendar."""
    seeded = order.seeded
    status = TaskStatus(seeded.state)
    ended_at = now - timedelta(seconds=seeded.ended_seconds_ago)
    submitted_at = now - timedelta(seconds=_submitted_seconds_ago(seeded))
    task = Task(
        id=task_id,
        account=principal.account,
        workspace=principal.workspace,
        key_id=principal.key_id,
        request_id=RequestId(task_id),
        model=seeded.model,
        catalogue_model=order.model.name,
        operation=name_of_operation(order.endpoint.operation),
        region=region,
        generation=order.generation,
        status=status,
        attempt=0 if status is TaskStatus.CANCELED else 1,
        engine=ENGINE,
        submitted_at=submitted_at,
        scheduled_at=submitted_at,
        ended_at=ended_at,
        expires_at=expiry_of_task(ended_at, retention),
        failure=(
            Failure(code=seeded.code, message=seeded.message)
            if status is TaskStatus.FAILED
            else None
        ),
    )
    if status is not TaskStatus.SUCCEEDED or order.generation is None:
        return task
    results = tuple(
        StoredResult(
            object_key=result_object_key(task, position),
            media_type=media_type.name,
            size_bytes=len(content),
        )
        for position, (content, media_type) in enumerate(order.contents)
    )
    usage = _make_usage(order, order.generation)
    return msgspec.structs.replace(task, results=results, usage=usage)


def submitted_at(seeded: SeededTask, now: datetime) -> datetime:
    """Give when a task was submitted, which its id begins with."""
    return now - timedelta(seconds=_submitted_seconds_ago(seeded))


def _make_usage(order: SeededOrder, generation: Generation) -> Usage:
    measures = measure(order.model, generation, ())
    made = (measures.width_pixels, measures.height_pixels, measures.duration_seconds)
    facts = count_files([made] * len(order.contents))
    return make_usage(order.model, generation, measures, facts, operation=order.endpoint.operation)


def _find_endpoint(model: Model, operation: str) -> Endpoint:
    known = [each.operation for each in model.endpoints]
    for endpoint in model.endpoints:
        if operation in {"", endpoint.operation}:
            return endpoint
    raise FieldInvalid(f"operation must be one of {', '.join(known)}.")


def _check_times(seeded: SeededTask) -> None:
    if seeded.goes_its_way:
        if seeded.id or seeded.submitted_seconds_ago or seeded.ended_seconds_ago:
            raise FieldInvalid(
                "id, submitted_seconds_ago and ended_seconds_ago need a state of FAILED or "
                "CANCELED, or results: without them the task goes its usual way from now on."
            )
        return
    longest = LONGEST_ADVANCE.total_seconds()
    if not 0 <= seeded.ended_seconds_ago <= _submitted_seconds_ago(seeded) <= longest:
        raise FieldInvalid(
            "ended_seconds_ago must be at least 0 and at most submitted_seconds_ago, "
            f"and that at most {longest:g}."
        )
    if seeded.results and seeded.state != "SUCCEEDED":
        raise FieldInvalid("results need the state SUCCEEDED.")
    if seeded.id and not is_task_id(seeded.id):
        raise FieldInvalid("id must be a UUID in lower case.")


def _submitted_seconds_ago(seeded: SeededTask) -> float:
    ago = seeded.submitted_seconds_ago
    return seeded.ended_seconds_ago if ago is None else ago


def _read_result(result: SeededResult, read_file: ReadFile) -> tuple[bytes, MediaType]:
    if bool(result.file) == bool(result.base64):
        raise FieldInvalid("a result must have either file or base64.")
    content = result.base64 or read_file(result.file)
    media_type = recognise_media(content)
    if media_type is None:
        raise FieldInvalid("a result must be a PNG, JPEG, WebP, MP4 or SVG file.")
    return content, media_type
