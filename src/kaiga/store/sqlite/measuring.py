"""How many tasks wait and run, and when they began and ended, read for those who watch."""

from collections.abc import Sequence
from datetime import datetime

import apsw

from kaiga.domain.ids import TaskId, made_at
from kaiga.domain.tasks import TaskStatus
from kaiga.domain.timings import AttemptTimes, TaskTimes
from kaiga.ports.task_store import ModelQueue
from kaiga.store.rows import from_milliseconds
from kaiga.store.sqlite.connecting import Value
from kaiga.store.sqlite.task_rows import encode_keys

_WAITING = """
    SELECT catalogue_model, count(*), min(id) FROM tasks WHERE status = 'PENDING'
    GROUP BY account, catalogue_model
"""
_RUNNING = """
    SELECT catalogue_model, count(*) FROM tasks WHERE status = 'RUNNING' GROUP BY catalogue_model
"""
_TASKS = """
    SELECT id, catalogue_model, status, submitted_ms FROM tasks
    WHERE id IN (SELECT value FROM json_each(?))
"""
_ATTEMPTS = """
    SELECT task_id, engine, claimed_ms, ended_ms, cause FROM attempts
    WHERE task_id IN (SELECT value FROM json_each(?)) ORDER BY task_id, attempt
"""


def measure_models(connection: apsw.Connection) -> Sequence[ModelQueue]:
    """Count by model; an id tells when its task was submitted, so the index is enough."""
    waiting: dict[str, int] = {}
    oldest: dict[str, TaskId] = {}
    for name, number, first in connection.execute(_WAITING):
        model, task_id = str(name), TaskId(str(first))
        waiting[model] = waiting.get(model, 0) + _whole(number)
        oldest[model] = min(oldest.get(model, task_id), task_id)
    running = {str(name): _whole(number) for name, number in connection.execute(_RUNNING)}
    return [
        ModelQueue(
            model=model,
            waiting=waiting.get(model, 0),
            running=running.get(model, 0),
            oldest_at=made_at(oldest[model]) if model in oldest else None,
        )
        for model in sorted({*waiting, *running})
    ]


def read_times(connection: apsw.Connection, task_ids: Sequence[TaskId]) -> Sequence[TaskTimes]:
    """Give the times of those tasks that are there."""
    asked = (encode_keys(task_ids),)
    attempts: dict[str, list[AttemptTimes]] = {}
    for task_id, *row in connection.execute(_ATTEMPTS, asked):
        attempts.setdefault(str(task_id), []).append(_attempt_from_row(row))
    return [
        TaskTimes(
            id=TaskId(str(task_id)),
            model=str(model),
            status=TaskStatus(str(status)),
            submitted_at=_instant(submitted),
            attempts=tuple(attempts.get(str(task_id), ())),
        )
        for task_id, model, status, submitted in connection.execute(_TASKS, asked)
    ]


def _attempt_from_row(row: Sequence[Value]) -> AttemptTimes:
    engine, claimed, ended, cause = row
    return AttemptTimes(
        engine=str(engine),
        claimed_at=_instant(claimed),
        ended_at=from_milliseconds(ended),
        cause="" if cause is None else str(cause),
    )


def _instant(value: Value) -> datetime:
    at = from_milliseconds(value)
    if at is None:
        raise ValueError("a row without its time")
    return at


def _whole(value: Value) -> int:
    return int(str(value))
