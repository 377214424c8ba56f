"""Ends a task that still waits."""

from dataclasses import dataclass
from datetime import timedelta

from kaiga.domain.errors import TaskNotCancellable
from kaiga.domain.ids import TaskId
from kaiga.domain.keys import Caller
from kaiga.domain.lifetimes import expiry_of_task
from kaiga.ports.clock import Calendar
from kaiga.ports.task_store import TaskStore


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelTask:
    """The use case."""

    store: TaskStore
    calendar: Calendar
    retention: timedelta

    async def __call__(self, caller: Caller, task_id: str) -> None:
        """Make a PENDING task of the caller's account CANCELED.

        Raises:
            TaskNotCancellable: it is not PENDING, or not there for this caller.
            StoreUnavailable: the store did not answer; nothing was changed.
        """
        account = caller.principal.account
        now = self.calendar.now(account)
        expires_at = expiry_of_task(now, self.retention)
        is_canceled = await self.store.cancel(
            account, caller.region, TaskId(task_id), now, expires_at
        )
        if not is_canceled:
            raise TaskNotCancellable
