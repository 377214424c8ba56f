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
        known = TaskId(task_id)
        task = self.hot.find(known)
        if task is None:
            task = await self.hot.load(known)
            if task is None:
                return None
        else:
            self.hot.hits += 1
        if task.account != principal.account:
            return None
        if task.expires_at is not None and self.calendar.now(task.account) >= task.expires_at:
            return None
        return task
