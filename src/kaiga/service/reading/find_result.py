"""Finds one file of a task, by its number, for those who may read the task."""

from dataclasses import dataclass

from kaiga.domain.errors import ThumbnailUnknown
from kaiga.domain.keys import Caller
from kaiga.domain.tasks import StoredResult, Task
from kaiga.service.reading.inspect_task import InspectTask


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundResult:
    """One file, and where it stands among its task's results; `position` counts from 0."""

    task: Task
    position: int
    result: StoredResult


@dataclass(frozen=True, slots=True, kw_only=True)
class FindResult:
    """The use case."""

    inspect_task: InspectTask

    async def __call__(self, caller: Caller, task_id: str, position: int) -> FoundResult:
        """Give a picture or a clip, and no file beside one.

        Raises:
            TaskUnknown: the task is not there for this caller.
            ThumbnailUnknown: it has no such file.
            StoreUnavailable: the store did not answer.
        """
        task = await self.inspect_task(caller, task_id)
        result = task.results[position] if 0 <= position < len(task.results) else None
        if not isinstance(result, StoredResult) or result.part:
            raise ThumbnailUnknown
        return FoundResult(task=task, position=position, result=result)
