"""Takes tasks back from workers that are gone."""

import math
from dataclasses import dataclass
from datetime import timedelta

import structlog

from kaiga.ports.clock import Calendar, LeaseClock
from kaiga.ports.task_store import TaskStore

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverTasks:
    """The use case."""

    store: TaskStore
    calendar: Calendar
    lease_clock: LeaseClock
    retention: timedelta
    is_alone: bool = True
    """Whether nobody else has the store, so that what runs at a start is nobody's."""

    async def __call__(self) -> int:
        """Give back the tasks of lapsed leases; gives how many.

        Raises:
            StoreUnavailable: the store did not answer; nothing was changed.
        """
        return await self._recover(self.lease_clock.now())

    async def take_over(self) -> int:
        """At a start, give back every running task whose worker can't be alive.

        Raises:
            StoreUnavailable: the store did not answer; nothing was changed.
        """
        return await self._recover(math.inf if self.is_alone else self.lease_clock.now())

    async def _recover(self, lease_now: float) -> int:
        recovered = await self.store.recover(lease_now, self.calendar.now, self.retention)
        if recovered:
            _log.warning("tasks of lost workers wait again", count=recovered)
        return recovered
