"""Rows to tasks and back: the one place that knows the order of columns."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import TypeAlias

import apsw
import msgspec

from kaiga.domain.generation import Generation
from kaiga.domain.ids import AccountId, KeyId, ObjectKey, RequestId, TaskId, WorkspaceId
from kaiga.domain.instants import instant_at, milliseconds_since_epoch
from kaiga.domain.tasks import (
    LEAST_PRIORITY,
    Attempt,
    AttemptCause,
    Failure,
    Finding,
    NewTask,
    Result,
    StoredResult,
    Task,
    TaskStatus,
)
from kaiga.store.sqlite.connecting import Value

Row: TypeAlias = tuple[Value, ...]

TASK_COLUMNS = (
    "id, account, workspace, key_id, request_id, catalogue_model, model, operation, generation, "
    "status, attempt, engine, actual_prompt, submitted_ms, scheduled_ms, ended_ms, expires_ms, "
    "failure_code, failure_message, usage, region"
)
READ_COLUMNS = f"{TASK_COLUMNS}, cancel_requested_ms, rewrite_failed"
"""What a task is read from, in this order."""
_INSERT_COLUMNS = f"{TASK_COLUMNS}, request, request_object, rank_ms, work, webhook"
_PRIORITY_STEP_MILLISECONDS = 600_000
"""How much longer ago a task of the next priority seems to have been submitted: whatever waits that
much longer than another is before it, so that no priority can starve a task."""
FURTHEST_BACK_MILLISECONDS = -LEAST_PRIORITY * _PRIORITY_STEP_MILLISECONDS
"""How much later than at its submission a task can rank at most."""
_COLUMN_COUNT = len(_INSERT_COLUMNS.split(","))
LARGEST_INSERT = 64

_SELECT_RESULTS = """
    SELECT task_id, object_key, media_type, size_bytes, failure_code, failure_message, part,
        findings, made_digest
    FROM results WHERE task_id IN (SELECT value FROM json_each(?)) ORDER BY task_id, position
"""
_SELECT_ATTEMPTS = """
    SELECT attempt, engine, claimed_ms, ended_ms, cause, phases, made_by FROM attempts
    WHERE task_id = ? ORDER BY attempt
"""

_encode = msgspec.json.Encoder().encode
_decode_generation = msgspec.json.Decoder(Generation).decode
_decode_usage = msgspec.json.Decoder(dict[str, str | int | float | bool]).decode
_decode_made_by = msgspec.json.Decoder(dict[str, str]).decode
_decode_phases = msgspec.json.Decoder(dict[str, int]).decode
_decode_findings = msgspec.json.Decoder(dict[str, object]).decode
_INSERT_INPUT = """
    INSERT INTO inputs (task_id, position, member, object_key, media_type, size_bytes)
    VALUES (?, ?, ?, ?, ?, ?)
"""


def to_milliseconds(at: datetime | None) -> int | None:
    """Write an instant as a column has it."""
    return None if at is None else milliseconds_since_epoch(at)


def from_milliseconds(value: object) -> datetime | None:
    """Read an instant from a column."""
    return instant_at(value) if isinstance(value, int) else None


def encode_keys(keys: Iterable[str]) -> str:
    """Write keys as the JSON array that `json_each` reads."""
    return _encode(list(keys)).decode()


def encode_array(rows: Iterable[Sequence[object]]) -> str:
    """Write rows of text, numbers and objects as the JSON array that `json_each` reads."""
    return _encode(list(rows)).decode()


def encode_object(value: Mapping[str, object] | None) -> bytes | None:
    """Write usage or findings as their columns have them."""
    return None if value is None else _encode(value)


def encode_digest(digits: str) -> bytes | None:
    """Write a digest as its column has it: its bytes, NULL where there is none."""
    return bytes.fromhex(digits) or None


def make_marks(row_count: int, column_count: int) -> str:
    """Give the marks of so many rows of values."""
    return ", ".join([f"({', '.join('?' * column_count)})"] * row_count)


@lru_cache(maxsize=LARGEST_INSERT)
def _make_insert(row_count: int) -> str:
    marks = make_marks(row_count, _COLUMN_COUNT)
    return f"INSERT INTO tasks ({_INSERT_COLUMNS}) VALUES {marks}"  # noqa: S608  constants of this module


def insert_tasks(connection: apsw.Connection, rows: Sequence[Row]) -> None:
    """Insert rows made by `make_row`, up to `LARGEST_INSERT` with one statement.

    Every statement lets go of the interpreter and takes it back; one for each row would have the
    writer and the event loop fight for it (docs/adr/0002).
    """
    for start in range(0, len(rows), LARGEST_INSERT):
        part = rows[start : start + LARGEST_INSERT]
        connection.execute(_make_insert(len(part)), tuple(chain.from_iterable(part)))


def insert_inputs(connection: apsw.Connection, new: Sequence[NewTask]) -> None:
    """Insert the media that came inside the requests of tasks."""
    inputs = [value for each in new for value in _input_values(each)]
    if inputs:
        connection.executemany(_INSERT_INPUT, inputs)


def _input_values(new: NewTask) -> Sequence[Row]:
    return [
        (new.task.id, position, each.member, each.object_key, each.media_type, each.size_bytes)
        for position, each in enumerate(new.inputs)
    ]


def make_row(new: NewTask) -> Row:
    """Give what a new task's columns hold, in the order in which they are inserted."""
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
        None if task.generation is None else _encode(task.generation),
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


def read_tasks(
    connection: apsw.Connection, where: str, bindings: Sequence[Value]
) -> dict[TaskId, Task]:
    """Give the tasks of `where` (one of our own constants), with their results, in its order."""
    rows = connection.execute(f"SELECT {READ_COLUMNS} FROM tasks {where}", bindings).fetchall()  # noqa: S608  no caller's text is in it
    ended = [str(row[0]) for row in rows if row[9] in _WITH_RESULTS]
    results = _read_results(connection, ended) if ended else {}
    return {TaskId(str(row[0])): _task_from_row(row, results) for row in rows}


def read_running_tasks(
    connection: apsw.Connection, statement: str, bindings: Sequence[Value]
) -> dict[TaskId, Task]:
    """Give the tasks whose `READ_COLUMNS` a statement returns; they run, so none has results."""
    rows = connection.execute(statement, bindings).fetchall()
    return {TaskId(str(row[0])): _task_from_row(row, {}) for row in rows}


def read_attempts(connection: apsw.Connection, task_id: TaskId) -> list[Attempt]:
    """Give the attempts of a task, the first one first."""
    return [_attempt_from_row(row) for row in connection.execute(_SELECT_ATTEMPTS, (task_id,))]


def _attempt_from_row(row: Row) -> Attempt:
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


_WITH_RESULTS = frozenset({TaskStatus.SUCCEEDED.value, TaskStatus.FAILED.value})


def _read_results(connection: apsw.Connection, ids: Sequence[str]) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    for task_id, *result in connection.execute(_SELECT_RESULTS, (encode_keys(ids),)):
        found.setdefault(str(task_id), []).append(_result_from_row(result))
    return found


def _result_from_row(row: Sequence[Value]) -> Result:
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


def _task_from_row(row: Row, results: Mapping[str, Sequence[Result]]) -> Task:
    submitted_at = from_milliseconds(row[13])
    if submitted_at is None:
        raise ValueError("a task row without the time of its submission")
    return Task(
        id=TaskId(str(row[0])),
        account=AccountId(str(row[1])),
        workspace=WorkspaceId(str(row[2])),
        key_id=KeyId(str(row[3])),
        request_id=RequestId(str(row[4])),
        catalogue_model=str(row[5]),
        model=str(row[6]),
        operation=str(row[7]),
        generation=_decode_generation(row[8]) if isinstance(row[8], bytes) else None,
        status=TaskStatus(str(row[9])),
        attempt=int(str(row[10])),
        engine=str(row[11]),
        actual_prompt=_text_or_none(row[12]),
        submitted_at=submitted_at,
        scheduled_at=from_milliseconds(row[14]),
        ended_at=from_milliseconds(row[15]),
        expires_at=from_milliseconds(row[16]),
        failure=None if row[17] is None else Failure(code=str(row[17]), message=str(row[18])),
        results=tuple(results.get(str(row[0]), ())),
        usage=_decode_usage(row[19]) if isinstance(row[19], bytes) else None,
        region=str(row[20]),
        cancel_requested_at=from_milliseconds(row[21]),
        rewrite_failed=bool(row[22]),
    )


def _text_or_none(value: Value) -> str | None:
    return None if value is None else str(value)
