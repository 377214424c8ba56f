"""Waits until a task has ended: what synchronous calls do, and polls that are held."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from kaiga.domain.errors import StoreUnavailable, WaitedTooLong
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import Task
from kaiga.ports.task_store import TaskStore
from kaiga.service.hot_tasks import HotTasks

_LOOK_AGAIN = timedelta(seconds=5)
"""How often a task is looked at where no notice came; notices are hints."""


class AwaitTask:
    """Many may wait, also for the same task; a waiter holds no connection of the store.

    Who stops waiting changes nothing for the task: it goes on, and the list shows it.
    """

    def __init__(
        self,
        store: TaskStore,
        hot: HotTasks,
        longest_wait: timedelta,
        look_again: timedelta = _LOOK_AGAIN,
    ) -> None:
        self._hot = hot
        self._longest_wait = longest_wait
        self._look_again = look_again
        self._changed: dict[TaskId, set[asyncio.Event]] = {}
        store.on_change(self._tell)

    async def __call__(self, task_id: TaskId, longest_wait: timedelta | None = None) -> Task:
        """Give the task once it is final; `longest_wait` stands in place of the usual one.

        Raises:
            WaitedTooLong: it is not, after the longest wait, or was forgotten meanwhile.
        """
        patience = self._longest_wait if longest_wait is None else longest_wait
        changed = asyncio.Event()
        self._changed.setdefault(task_id, set()).add(changed)
        try:
            async with asyncio.timeout(patience.total_seconds()):
                return await self._wait(task_id, changed)
        except TimeoutError:
            raise WaitedTooLong from None
        finally:
            self._leave(task_id, changed)

    async def _wait(self, task_id: TaskId, changed: asyncio.Event) -> Task:
        while True:
            changed.clear()
            if (task := await self._find_ended(task_id)) is not None:
                return task
            try:
                async with asyncio.timeout(self._look_again.total_seconds()):
                    await changed.wait()
            except TimeoutError:
                continue

    async def _find_ended(self, task_id: TaskId) -> Task | None:
        """Give the task if it is final; a store that does not answer only means to look again."""
        try:
            task = await self._hot.get(task_id)
        except StoreUnavailable:
            return None
        if task is None:
            raise WaitedTooLong
        return task if task.status.is_final else None

    def _leave(self, task_id: TaskId, changed: asyncio.Event) -> None:
        waiting = self._changed[task_id]
        waiting.discard(changed)
        if not waiting:
            del self._changed[task_id]

    def _tell(self, task_ids: Sequence[TaskId]) -> None:
        for task_id in task_ids:
            for changed in self._changed.get(task_id, ()):
                changed.set()
