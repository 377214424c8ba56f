"""Deletes a task at its owner's wish: what has not ended is stopped, then nobody finds it again."""

from dataclasses import dataclass
from datetime import timedelta

from kaiga.domain.errors import TaskNotCancellable, TaskUnknown
from kaiga.domain.ids import TaskId
from kaiga.domain.keys import Caller
from kaiga.ports.task_store import TaskStore
from kaiga.service.owning.stop_task import StopTask
from kaiga.service.reading.await_task import AwaitTask
from kaiga.service.reading.query_task import QueryTask


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteTask:
    """The use case; `longest_stop` is how long one that runs may take to stop."""

    store: TaskStore
    query_task: QueryTask
    stop_task: StopTask
    await_task: AwaitTask
    longest_stop: timedelta

    async def __call__(self, caller: Caller, task_id: str) -> None:
        """Have a task of the caller's account expire at once, whatever it was at.

        Its rows and objects go with the next round of housekeeping; what it was billed stays.

        Raises:
            TaskUnknown: it is not there for this caller.
            WaitedTooLong: it is being stopped and has not ended yet.
            StoreUnavailable: the store did not answer.
        """
        task = await self.query_task(caller, task_id)
        if task is None:
            raise TaskUnknown
        if not task.status.is_final:
            await self._stop(caller, task.id)
        account = caller.principal.account
        now = self.query_task.calendar.now(account)
        if not await self.store.expire(account, caller.region, task.id, now):
            raise TaskUnknown

    async def _stop(self, caller: Caller, task_id: TaskId) -> None:
        try:
            await self.stop_task(caller, task_id)
        except TaskNotCancellable:
            return  # it has ended meanwhile
        await self.await_task(task_id, self.longest_stop)
