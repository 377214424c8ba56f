"""Gives a task to those who may read all that is known of it: its owners, and admins."""

from dataclasses import dataclass

from kaiga.domain.errors import TaskUnknown
from kaiga.domain.ids import TaskId
from kaiga.domain.keys import Caller, Role
from kaiga.domain.tasks import Task
from kaiga.service.reading.query_task import QueryTask


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectTask:
    """The use case, for Kaiga's own routes that read; whatever changes a task is its owners'."""

    query_task: QueryTask

    async def __call__(self, caller: Caller, task_id: str) -> Task:
        """Give a task: any that is kept to an admin, and to others what they may query.

        Raises:
            TaskUnknown: it is not there for this caller.
            StoreUnavailable: the store did not answer.
        """
        task = await self.query_task.hot.get(TaskId(task_id))
        if task is None or not self._may_read(caller, task):
            raise TaskUnknown
        return task

    def _may_read(self, caller: Caller, task: Task) -> bool:
        if caller.principal.role is Role.ADMIN:
            return self.query_task.is_kept(task)
        return self.query_task.may_see(caller, task)
