"""Fails tasks whose turn has not come in time."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from kaiga.ports.clock import Calendar
from kaiga.ports.task_store import TaskStore

_log = structlog.get_logger(__name__)
_STEP = 100
"""Tasks failed in one transaction: few, so that creates in the same batch hardly notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailOverdue:
    """The use case; with no limit set, tasks may wait for as long as they have to."""

    store: TaskStore
    calendar: Calendar
    retention: timedelta
    longest_wait: timedelta | None

    async def __call__(self) -> bool:
        """Take one small step; tells whether there may be more to do.

        Raises:
            StoreUnavailable: the next step tries again.
        """
        if self.longest_wait is None:
            return False
        failed = await self.store.fail_overdue(
            self.longest_wait, self.calendar.now, self.retention, _STEP
        )
        if failed:
            _log.warning("tasks have waited for too long and failed", count=failed)
        return failed == _STEP
