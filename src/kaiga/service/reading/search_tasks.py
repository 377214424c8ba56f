"""Finds tasks of an account, of any time, a stretch of the list at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kaiga.domain.keys import Caller
from kaiga.domain.tasks import Task, TaskStatus
from kaiga.ports.clock import Calendar
from kaiga.ports.task_store import TaskSearch, TaskStore


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskWishes:
    """What a caller looks for; None asks nothing. See `TaskSearch`."""

    id_part: str | None = None
    model: str | None = None
    models: frozenset[str] | None = None
    status: TaskStatus | None = None
    submitted_from: datetime | None = None
    submitted_before: datetime | None = None
    older_than: str | None = None
    newer_than: str | None = None


@dataclass(frozen=True, slots=True)
class TaskStretch:
    """Some tasks, newest first, and from where to look on.

    `older` and `newer` are what to name as `older_than` and `newer_than`; None where nothing is
    left on that side. A stretch may be short, or empty, and have more to look through beyond.
    """

    tasks: Sequence[Task]
    older: str | None
    newer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchTasks:
    """The use case."""

    store: TaskStore
    calendar: Calendar

    async def __call__(self, caller: Caller, wishes: TaskWishes, limit: int) -> TaskStretch:
        """Give up to `limit` tasks of the caller's account in its region.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        account = caller.principal.account
        if wishes.status is TaskStatus.UNKNOWN:
            return TaskStretch((), None, None)
        wanted = TaskSearch(
            account=account,
            region=caller.region,
            now=self.calendar.now(account),
            id_part=wishes.id_part,
            model=wishes.model,
            models=wishes.models,
            status=wishes.status,
            submitted_from=wishes.submitted_from,
            submitted_before=wishes.submitted_before,
            older_than=wishes.older_than,
            newer_than=wishes.newer_than,
        )
        found = await self.store.search(wanted, limit + 1)
        if wishes.newer_than is None:
            tasks = found.tasks[:limit]
            more = tasks[-1].id if len(found.tasks) > limit else found.stopped_at
            newer = tasks[0].id if tasks else wishes.older_than
            return TaskStretch(tasks, more, newer if wishes.older_than else None)
        tasks = found.tasks[-limit:]
        more = tasks[0].id if len(found.tasks) > limit else found.stopped_at
        return TaskStretch(tasks, tasks[-1].id if tasks else wishes.newer_than, more)
