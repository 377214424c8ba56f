"""Finds tasks whose turn has not come in time, lane by lane through the index of waiting tasks."""

from collections.abc import Sequence
from datetime import timedelta

import apsw

from kaiga.domain.ids import TaskId, first_task_id_at
from kaiga.domain.instants import milliseconds_since_epoch
from kaiga.domain.lifetimes import expiry_of_task
from kaiga.ports.task_store import AccountTime
from kaiga.store.rows import FURTHEST_BACK_MILLISECONDS
from kaiga.store.sqlite.waiting import list_lanes
from kaiga.store.wanted import OverdueTask

_MILLISECOND = timedelta(milliseconds=1)
_OVERDUE = """
    SELECT tasks.id, tasks.attempt FROM tasks AS waiting JOIN tasks ON tasks.id = waiting.id
    WHERE waiting.account = ?1 AND waiting.catalogue_model = ?2 AND waiting.status = 'PENDING'
        AND waiting.rank_ms <= ?3 AND waiting.id < ?4
        AND coalesce(
            (SELECT max(ended_ms) FROM attempts WHERE task_id = waiting.id), tasks.submitted_ms
        ) <= ?5
    ORDER BY waiting.rank_ms, waiting.id LIMIT ?6
"""
"""`waiting` is read from its index alone, and only what is old enough is looked up in the table."""


def find_overdue(
    connection: apsw.Connection,
    longest_wait: timedelta,
    now: AccountTime,
    retention: timedelta,
    limit: int,
) -> Sequence[OverdueTask]:
    """Give up to `limit` tasks that have waited for `longest_wait`, as the reader sees them.

    A lane is in the order of ranks, which priorities move about; so it is looked through as far
    as the least priority could have moved an overdue task, by the index alone: ids tell when a
    task was submitted.
    """
    found: list[OverdueTask] = []
    for lane in list_lanes(connection):
        present = now(lane.account)
        latest = present - longest_wait
        cut = milliseconds_since_epoch(latest)
        furthest = cut + FURTHEST_BACK_MILLISECONDS
        bounds = (furthest, first_task_id_at(latest + _MILLISECOND), cut, limit - len(found))
        expires_at = expiry_of_task(present, retention)
        found += [
            OverdueTask(TaskId(str(task_id)), int(str(attempt)), present, expires_at)
            for task_id, attempt in connection.execute(_OVERDUE, (*lane, *bounds))
        ]
        if len(found) >= limit:
            break
    return found
