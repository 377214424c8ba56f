"""Stops a task at its owner's wish, also one that runs; more than the contract's cancel does."""

from dataclasses import dataclass
from datetime import timedelta

from kaiga.domain.errors import TaskNotCancellable, TaskUnknown
from kaiga.domain.ids import TaskId
from kaiga.domain.keys import Caller
from kaiga.domain.lifetimes import expiry_of_task
from kaiga.domain.tasks import TaskStatus
from kaiga.ports.task_store import TaskStore
from kaiga.service.reading.query_task import QueryTask


@dataclass(frozen=True, slots=True, kw_only=True)
class StopTask:
    """The use case."""

    store: TaskStore
    query_task: QueryTask
    retention: timedelta

    async def __call__(self, caller: Caller, task_id: str) -> TaskStatus:
        """Cancel a task of the caller's account, or have it stopped.

        Gives CANCELED where it waited, and RUNNING where it is being stopped; asking again for
        that changes nothing.

        Raises:
            TaskUnknown: it is not there for this caller.
            TaskNotCancellable: it has ended.
            StoreUnavailable: the store did not answer; nothing was changed.
        """
        account = caller.principal.account
        now = self.query_task.calendar.now(account)
        expires_at = expiry_of_task(now, self.retention)
        status = await self.store.request_cancel(
            account, caller.region, TaskId(task_id), now, expires_at
        )
        if status is not None:
            return status
        if await self.query_task(caller, task_id) is None:
            raise TaskUnknown
        raise TaskNotCancellable
