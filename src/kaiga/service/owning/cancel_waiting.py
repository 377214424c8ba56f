"""Cancels many waiting tasks at once, in small steps, so that nobody else's calls are held up."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta

from kaiga.domain.ids import AccountId
from kaiga.domain.lifetimes import expiry_of_task
from kaiga.ports.clock import Calendar
from kaiga.ports.task_store import TaskStore, WaitingFilter, WaitingTask

_LARGEST_CALL = 10_000
_STEP = 64
_BETWEEN_STEPS_SECONDS = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class CanceledTasks:
    """How many tasks were canceled, and whether there may be more of them."""

    count: int
    has_more: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelWaiting:
    """The use case."""

    store: TaskStore
    calendar: Calendar
    retention: timedelta
    largest_call: int = _LARGEST_CALL
    """Tasks looked for at once: a call with more to do says so and is repeated."""

    async def __call__(self, wanted: WaitingFilter) -> CanceledTasks:
        """Cancel waiting tasks that match, `largest_call` at most.

        One that is claimed meanwhile runs.

        Raises:
            StoreUnavailable: the store did not answer; some may have been canceled.
        """
        found = await self.store.find_waiting(wanted, self.largest_call)
        count = 0
        for start in range(0, len(found), _STEP):
            step = found[start : start + _STEP]
            done = await asyncio.gather(*(self._cancel(wanted.account, each) for each in step))
            count += sum(done)
            await asyncio.sleep(_BETWEEN_STEPS_SECONDS)
        return CanceledTasks(count=count, has_more=len(found) == self.largest_call)

    async def _cancel(self, account: AccountId, waiting: WaitingTask) -> bool:
        now = self.calendar.now(account)
        expires_at = expiry_of_task(now, self.retention)
        return await self.store.cancel(account, waiting.region, waiting.id, now, expires_at)
