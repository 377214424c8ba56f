"""Tells how a task stands, to those who may know."""

from dataclasses import dataclass

from kaiga.domain.ids import TaskId
from kaiga.domain.keys import Principal
from kaiga.domain.tasks import Task
from kaiga.ports.clock import Calendar
from kaiga.service.hot_tasks import HotTasks


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryTask:
    """The use case; it never tells a foreign or expired task from one that never was."""

    hot: HotTasks
    calendar: Calendar

    async def __call__(self, principal: Principal, task_id: str) -> Task | None:
        """Give the task, or None where the caller has to hear UNKNOWN.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        task = self.hot.find(TaskId(task_id)) or await self.hot.load(TaskId(task_id))
        return task if task is not None and self._may_see(principal, task) else None

    def find_hot(self, principal: Principal, task_id: str) -> Task | None:
        """Give the task if it is in memory and the caller may see it; None tells nothing."""
        task = self.hot.find(TaskId(task_id))
        return task if task is not None and self._may_see(principal, task) else None

    def _may_see(self, principal: Principal, task: Task) -> bool:
        if task.account != principal.account:
            return False
        return task.expires_at is None or self.calendar.now(task.account) < task.expires_at
