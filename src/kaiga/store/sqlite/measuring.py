"""How many tasks wait and run, and when they began and ended, read for those who watch."""

from collections.abc import Sequence

import apsw

from kaiga.domain.ids import TaskId
from kaiga.domain.timings import TaskTimes
from kaiga.ports.task_store import ModelQueue
from kaiga.store.rows import (
    ATTEMPT_TIMES_COLUMNS,
    TIMES_COLUMNS,
    queues_from_rows,
    times_from_rows,
)
from kaiga.store.sqlite.task_rows import encode_keys

_WAITING = """
    SELECT catalogue_model, count(*), min(id) FROM tasks WHERE status = 'PENDING'
    GROUP BY account, catalogue_model
"""
_RUNNING = """
    SELECT catalogue_model, count(*) FROM tasks WHERE status = 'RUNNING' GROUP BY catalogue_model
"""
_TASKS = f"""
    SELECT {TIMES_COLUMNS} FROM tasks WHERE id IN (SELECT value FROM json_each(?))
"""  # noqa: S608  constants
_ATTEMPTS = f"""
    SELECT {ATTEMPT_TIMES_COLUMNS} FROM attempts
    WHERE task_id IN (SELECT value FROM json_each(?)) ORDER BY task_id, attempt
"""  # noqa: S608  constants


def measure_models(connection: apsw.Connection) -> Sequence[ModelQueue]:
    """Count by model; the index of what waits is enough."""
    return queues_from_rows(connection.execute(_WAITING), connection.execute(_RUNNING).fetchall())


def read_times(connection: apsw.Connection, task_ids: Sequence[TaskId]) -> Sequence[TaskTimes]:
    """Give the times of those tasks that are there."""
    asked = (encode_keys(task_ids),)
    attempts = connection.execute(_ATTEMPTS, asked).fetchall()
    return times_from_rows(connection.execute(_TASKS, asked), attempts)
