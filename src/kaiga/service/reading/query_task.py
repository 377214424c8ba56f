"""Tells how a task stands, to those who may know."""

from dataclasses import dataclass

from kaiga.domain.ids import TaskId
from kaiga.domain.keys import Caller
from kaiga.domain.tasks import Task
from kaiga.ports.clock import Calendar
from kaiga.service.hot_tasks import HotTasks


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryTask:
    """The use case; it never tells a foreign or expired task from one that never was."""

    hot: HotTasks
    calendar: Calendar

    async def __call__(self, caller: Caller, task_id: str) -> Task | None:
        """Give the task, or None where the caller has to hear UNKNOWN.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        task = await self.hot.get(TaskId(task_id))
        return task if task is not None and self.may_see(caller, task) else None

    def may_see(self, caller: Caller, task: Task) -> bool:
        """Tell whether the task is there for the caller; until it has ended, that stays so."""
        if task.account != caller.principal.account or not task.is_in(caller.region):
            return False
        return self.is_kept(task)

    def is_kept(self, task: Task) -> bool:
        """Tell whether the task's retention is not over by its account's clock."""
        return task.expires_at is None or self.calendar.now(task.account) < task.expires_at
