"""Gives whole pages of an account's tasks of some models, the newest or the oldest first."""

from dataclasses import dataclass

from kaiga.domain.keys import Caller
from kaiga.domain.tasks import Task
from kaiga.service.reading.search_tasks import SearchTasks, TaskWishes

_BEFORE_ALL_IDS = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageWanted:
    """Which page: up to `limit` tasks of `models` that follow task `after`, None for the first."""

    models: frozenset[str]
    limit: int
    after: str | None = None
    oldest_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTasks:
    """The use case: stretch after stretch is searched until a page is full."""

    search_tasks: SearchTasks

    async def __call__(self, caller: Caller, wanted: PageWanted) -> tuple[list[Task], bool]:
        """Give the tasks of a page, and whether more follow it.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        tasks: list[Task] = []
        place = wanted.after
        while len(tasks) <= wanted.limit:
            wishes = TaskWishes(
                models=wanted.models,
                older_than=None if wanted.oldest_first else place,
                newer_than=(place or _BEFORE_ALL_IDS) if wanted.oldest_first else None,
            )
            found = await self.search_tasks(caller, wishes, wanted.limit + 1)
            tasks += reversed(found.tasks) if wanted.oldest_first else found.tasks
            place = found.newer if wanted.oldest_first else found.older
            if place is None:
                break
        return tasks[: wanted.limit], len(tasks) > wanted.limit
