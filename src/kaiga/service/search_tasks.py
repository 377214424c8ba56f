"""Finds tasks of an account, of any time, a stretch of the list at a time."""

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
    status: TaskStatus | None = None
    submitted_from: datetime | None = None
    submitted_before: datetime | None = None
    older_than: str | None = None
    newer_than: str | None = None


@dataclass(frozen=True, slots=True)
class TaskStretch:
    """Some tasks, newest first, and whether there are more on either side of them."""

    tasks: tuple[Task, ...]
    has_older: bool
    has_newer: bool


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
            return TaskStretch((), has_older=False, has_newer=False)
        wanted = TaskSearch(
            account=account,
            region=caller.region,
            now=self.calendar.now(account),
            id_part=wishes.id_part,
            model=wishes.model,
            status=wishes.status,
            submitted_from=wishes.submitted_from,
            submitted_before=wishes.submitted_before,
            older_than=wishes.older_than,
            newer_than=wishes.newer_than,
        )
        found = tuple(await self.store.search(wanted, limit + 1))
        has_more = len(found) > limit
        if wishes.newer_than is None:
            return TaskStretch(found[:limit], has_more, wishes.older_than is not None)
        return TaskStretch(found[-limit:], has_older=True, has_newer=has_more)
