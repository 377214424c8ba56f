"""What every reader of a result's object asks first: an emulator may not have drawn it yet."""

from collections.abc import Awaitable, Callable

from kaiga.domain.tasks import StoredResult, Task

HaveDrawn = Callable[[Task, StoredResult], Awaitable[StoredResult]]
"""Gives a result of a task once its file is there, with the key, kind and size of that file.

Raises:
    ResultGone: there will be no file.
    TryLater: it can't be had now.
"""


async def drawn_at_once(_task: Task, result: StoredResult) -> StoredResult:
    """Give a result as it is: where nothing is postponed, its file is there already."""
    return result
