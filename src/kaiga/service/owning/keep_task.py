"""Has an ended task and its results kept for longer than is usual here."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kaiga.domain.errors import KeepingNotOffered, TaskUnfinished, TaskUnknown
from kaiga.domain.ids import TaskId
from kaiga.domain.keys import Caller
from kaiga.ports.task_store import TaskStore
from kaiga.service.reading.query_task import QueryTask


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepTask:
    """The use case; `longest` is what the operator allows, counted from a task's end."""

    store: TaskStore
    query_task: QueryTask
    longest: timedelta

    async def __call__(self, caller: Caller, task_id: str) -> datetime:
        """Move a task's expiry as far as is allowed, never back; gives the new one.

        Raises:
            KeepingNotOffered: nothing is kept for longer here.
            TaskUnknown: it is not there for this caller.
            TaskUnfinished: it has not ended, so that its time does not run yet.
            StoreUnavailable: the store did not answer; nothing was changed.
        """
        if not self.longest:
            raise KeepingNotOffered
        task = await self.query_task(caller, task_id)
        if task is None:
            raise TaskUnknown
        account = caller.principal.account
        expires_at = await self.store.keep(
            account,
            caller.region,
            TaskId(task_id),
            self.query_task.calendar.now(account),
            self.longest,
        )
        if expires_at is None:
            raise TaskUnknown if task.status.is_final else TaskUnfinished
        return expires_at
