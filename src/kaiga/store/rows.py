"""Rows to values and back, as both databases have them: the order of columns is known here alone.

Instants are milliseconds since 1970; what has a shape of its own is JSON, as bytes or text.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias

import msgspec

from kaiga.domain.errors import SubmittedBefore
from kaiga.domain.generation import Generation
from kaiga.domain.ids import (
    AccountId,
    KeyId,
    ObjectKey,
    RequestId,
    TaskId,
    WorkspaceId,
    made_at,
)
from kaiga.domain.instants import instant_at, milliseconds_since_epoch
from kaiga.domain.tasks import (
    LEAST_PRIORITY,
    Attempt,
    AttemptCause,
    Failure,
    Finding,
    IdempotencyMark,
    NewTask,
    Outcome,
    Result,
    StoredInput,
    StoredRequest,
    StoredResult,
    Task,
    TaskStatus,
)
from kaiga.domain.timings import AttemptTimes, TaskTimes
from kaiga.ports.task_store import ModelQueue

Value: TypeAlias = str | bytes | int | float | None
"""What a column holds."""

Row: TypeAlias = tuple[Value, ...]
"""What is written; a database may give back rows of a kind of its own, which index alike."""

ReadRow: TypeAlias = Sequence[Any]

TASK_COLUMNS = (
    "id, account, workspace, key_id, request_id, catalogue_model, model, operation, generation, "
    "status, attempt, engine, actual_prompt, submitted_ms, scheduled_ms, ended_ms, expires_ms, "
    "failure_code, failure_message, usage, region"
)
READ_COLUMNS = f"{TASK_COLUMNS}, cancel_requested_ms, rewrite_failed"
"""What a task is read from, in this order."""
INSERT_COLUMNS = f"{TASK_COLUMNS}, request, request_object, rank_ms, work, webhook"
"""What `make_row` gives, in this order."""
STATUS_COLUMN = 9
"""Where the status is among `READ_COLUMNS`."""
WITH_RESULTS = frozenset({TaskStatus.SUCCEEDED.value, TaskStatus.FAILED.value})
"""The statuses of tasks that may have rows of results."""
ATTEMPT_COLUMNS = "attempt, engine, claimed_ms, ended_ms, cause, phases, made_by"
RESULT_COLUMNS = (
    "object_key, media_type, size_bytes, failure_code, failure_message, part, findings, made_digest"
)
REQUEST_COLUMNS = "request, request_object"
END_COLUMNS = (
    "status, actual_prompt, rewrite_failed, ended_ms, expires_ms, failure_code, failure_message, "
    "usage"
)
TIMES_COLUMNS = "id, catalogue_model, status, submitted_ms"
ATTEMPT_TIMES_COLUMNS = "task_id, engine, claimed_ms, ended_ms, cause"
INPUT_COLUMNS = "task_id, position, member, object_key, media_type, size_bytes"

_PRIORITY_STEP_MILLISECONDS = 600_000
"""How much longer ago a task of the next priority seems to have been submitted: whatever waits that
much longer than another is before it, so that no priority can starve a task."""
FURTHEST_BACK_MILLISECONDS = -LEAST_PRIORITY * _PRIORITY_STEP_MILLISECONDS
"""How much later than at its submission a task can rank at most."""

encode = msgspec.json.Encoder().encode
_decode_generation = msgspec.json.Decoder(Generation).decode
_decode_usage = msgspec.json.Decoder(dict[str, str | int | float | bool]).decode
_decode_made_by = msgspec.json.Decoder(dict[str, str]).decode
_decode_phases = msgspec.json.Decoder(dict[str, int]).decode
_decode_findings = msgspec.json.Decoder(dict[str, object]).decode


def to_milliseconds(at: datetime | None) -> int | None:
    """Write an instant as a column has it."""
    return None if at is None else milliseconds_since_epoch(at)


def from_milliseconds(value: object) -> datetime | None:
    """Read an instant from a column."""
    return instant_at(value) if isinstance(value, int) else None


def encode_object(value: Mapping[str, object] | None) -> bytes | None:
    """Write usage or findings as their columns have them."""
    return None if value is None else encode(value)


def encode_digest(digits: str) -> bytes | None:
    """Write a digest as its column has it: its bytes, NULL where there is none."""
    return bytes.fromhex(digits) or None


def make_row(new: NewTask) -> Row:
    """Give what a new task's `INSERT_COLUMNS` hold."""
    task = new.task
    failure = task.failure
    submitted_ms = milliseconds_since_epoch(task.submitted_at)
    return (
        task.id,
        task.account,
        task.workspace,
        task.key_id,
        task.request_id,
        task.catalogue_model,
        task.model,
        task.operation,
        None if task.generation is None else encode(task.generation),
        task.status.value,
        task.attempt,
        task.engine,
        task.actual_prompt,
        submitted_ms,
        to_milliseconds(task.scheduled_at),
        to_milliseconds(task.ended_at),
        to_milliseconds(task.expires_at),
        failure.code if failure else None,
        failure.message if failure else None,
        encode_object(task.usage),
        task.region,
        new.request,
        new.request_object,
        submitted_ms - new.priority * _PRIORITY_STEP_MILLISECONDS,
        new.work,
        new.webhook or None,
    )


def make_input_rows(new: NewTask) -> Sequence[Row]:
    """Give what the `INPUT_COLUMNS` of the media of one request hold."""
    return [
        (new.task.id, position, each.member, each.object_key, each.media_type, each.size_bytes)
        for position, each in enumerate(new.inputs)
    ]


def make_result_row(result: Result) -> Row:
    """Give what a result's `RESULT_COLUMNS` hold."""
    match result:
        case StoredResult():
            stored = (result.object_key, result.media_type, result.size_bytes, None, None)
            findings = encode_object(result.findings or None)
            return (*stored, result.part, findings, encode_digest(result.made_digest))
        case Finding():
            return (None, None, None, None, None, "", encode_object(result.findings), None)
        case Failure():
            return (None, None, None, result.code, result.message, "", None, None)


def make_end_row(
    task_id: TaskId, attempt: int, outcome: Outcome, now: datetime, expires_at: datetime
) -> Row:
    """Give what the end of a task writes: its id and attempt, then `END_COLUMNS`."""
    failure = outcome.failure
    return (
        task_id,
        attempt,
        outcome.status.value,
        outcome.actual_prompt,
        int(outcome.rewrite_failed) or None,
        to_milliseconds(now),
        to_milliseconds(expires_at),
        failure.code if failure else None,
        failure.message if failure else None,
        encode_object(outcome.usage),
    )


def attempt_from_row(row: ReadRow) -> Attempt:
    """Read an attempt from its `ATTEMPT_COLUMNS`."""
    claimed_at = from_milliseconds(row[2])
    if claimed_at is None:
        raise ValueError("an attempt row without the time of its claim")
    return Attempt(
        number=int(str(row[0])),
        engine=str(row[1]),
        claimed_at=claimed_at,
        ended_at=from_milliseconds(row[3]),
        cause=None if row[4] is None else AttemptCause(str(row[4])),
        phases={} if row[5] is None else _decode_phases(str(row[5])),
        made_by={} if row[6] is None else _decode_made_by(str(row[6])),
    )


def group_results(rows: Iterable[ReadRow]) -> dict[str, list[Result]]:
    """Read results, each row a task's id and then its `RESULT_COLUMNS`, in their order."""
    found: dict[str, list[Result]] = {}
    for task_id, *result in rows:
        found.setdefault(str(task_id), []).append(result_from_row(result))
    return found


def result_from_row(row: ReadRow) -> Result:
    """Read a result from its `RESULT_COLUMNS`."""
    object_key, media_type, size_bytes, code, message, part, found, digest = row
    if code is not None:
        return Failure(code=str(code), message=str(message))
    findings = _decode_findings(found) if isinstance(found, bytes) else {}
    if object_key is None:
        return Finding(findings=findings)
    return StoredResult(
        object_key=ObjectKey(str(object_key)),
        media_type=str(media_type),
        size_bytes=int(str(size_bytes)),
        part=str(part),
        findings=findings,
        made_digest=digest.hex() if isinstance(digest, bytes) else "",
    )


def task_from_row(row: ReadRow, results: Mapping[str, Sequence[Result]]) -> Task:
    """Read a task from its `READ_COLUMNS` and what `group_results` gave."""
    submitted_at = from_milliseconds(row[13])
    if submitted_at is None:
        raise ValueError("a task row without the time of its submission")
    task_id = str(row[0])
    return Task(
        id=TaskId(task_id),
        account=AccountId(str(row[1])),
        workspace=WorkspaceId(str(row[2])),
        key_id=KeyId(str(row[3])),
        request_id=RequestId(str(row[4])),
        catalogue_model=str(row[5]),
        model=str(row[6]),
        operation=str(row[7]),
        generation=_decode_generation(row[8]) if isinstance(row[8], bytes) else None,
        status=TaskStatus(str(row[STATUS_COLUMN])),
        attempt=int(str(row[10])),
        engine=str(row[11]),
        actual_prompt=_text_or_none(row[12]),
        submitted_at=submitted_at,
        scheduled_at=from_milliseconds(row[14]),
        ended_at=from_milliseconds(row[15]),
        expires_at=from_milliseconds(row[16]),
        failure=None if row[17] is None else Failure(code=str(row[17]), message=str(row[18])),
        results=tuple(results.get(task_id, ())),
        usage=_decode_usage(row[19]) if isinstance(row[19], bytes) else None,
        region=str(row[20]),
        cancel_requested_at=from_milliseconds(row[21]),
        rewrite_failed=bool(row[22]),
    )


def _text_or_none(value: object) -> str | None:
    if isinstance(value, bytes):
        return value.decode()
    return None if value is None else str(value)


def submitted_before_from_row(row: ReadRow, mark: IdempotencyMark) -> SubmittedBefore:
    """Read which task a key is taken for, and the digest of its body."""
    return SubmittedBefore(TaskId(str(row[0])), is_same=row[1] == mark.body_digest)


def request_from_rows(row: ReadRow, inputs: Iterable[ReadRow]) -> StoredRequest:
    """Read a request from its row's `REQUEST_COLUMNS` and its inputs' `INPUT_COLUMNS`."""
    body, object_key = row
    return StoredRequest(
        body=body if isinstance(body, bytes) else None,
        object_key=None if object_key is None else ObjectKey(str(object_key)),
        inputs=tuple(
            StoredInput(
                member=str(member),
                object_key=ObjectKey(str(key)),
                media_type=str(media_type),
                size_bytes=int(str(size_bytes)),
            )
            for _, _, member, key, media_type, size_bytes in inputs
        ),
    )


def times_from_rows(tasks: Iterable[ReadRow], attempts: Iterable[ReadRow]) -> list[TaskTimes]:
    """Read times from tasks' `TIMES_COLUMNS` and their attempts' `ATTEMPT_TIMES_COLUMNS`."""
    tried: dict[str, list[AttemptTimes]] = {}
    for task_id, engine, claimed, ended, cause in attempts:
        times = AttemptTimes(
            engine=str(engine),
            claimed_at=_instant(claimed),
            ended_at=from_milliseconds(ended),
            cause="" if cause is None else str(cause),
        )
        tried.setdefault(str(task_id), []).append(times)
    return [
        TaskTimes(
            id=TaskId(str(task_id)),
            model=str(model),
            status=TaskStatus(str(status)),
            submitted_at=_instant(submitted),
            attempts=tuple(tried.get(str(task_id), ())),
        )
        for task_id, model, status, submitted in tasks
    ]


def queues_from_rows(waiting: Iterable[ReadRow], running: Iterable[ReadRow]) -> list[ModelQueue]:
    """Sum up by model: rows of lanes (model, how many wait, their first id), and what runs.

    An id tells when its task was submitted.
    """
    counts: dict[str, int] = {}
    oldest: dict[str, TaskId] = {}
    for name, number, first in waiting:
        model, task_id = str(name), TaskId(str(first))
        counts[model] = counts.get(model, 0) + int(str(number))
        oldest[model] = min(oldest.get(model, task_id), task_id)
    runs = {str(name): int(str(number)) for name, number in running}
    return [
        ModelQueue(
            model=model,
            waiting=counts.get(model, 0),
            running=runs.get(model, 0),
            oldest_at=made_at(oldest[model]) if model in oldest else None,
        )
        for model in sorted({*counts, *runs})
    ]


def _instant(value: object) -> datetime:
    at = from_milliseconds(value)
    if at is None:
        raise ValueError("a row without its time")
    return at
