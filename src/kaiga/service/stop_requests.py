"""Tells running work that the owner of its task wants it stopped."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from kaiga.domain.errors import StoreUnavailable
from kaiga.domain.ids import TaskId
from kaiga.ports.task_store import TaskStore

_LOOK_AGAIN = timedelta(seconds=5)
"""How often a task is looked at where no notice came; notices are hints."""


class StopRequests:
    """The request is in the task's row; a notice of a change only says when to look there."""

    def __init__(self, store: TaskStore, look_again: timedelta = _LOOK_AGAIN) -> None:
        self._store = store
        self._look_again = look_again
        self._changed: dict[TaskId, asyncio.Event] = {}
        store.on_change(self._tell)

    async def wait_for(self, task_id: TaskId) -> None:
        """Return once a task that runs here is to be stopped.

        Of two that wait for the same task, notices reach the later one: the earlier one is an
        attempt that has lost its lease.
        """
        changed = self._changed[task_id] = asyncio.Event()
        try:
            while not await self._is_wanted(task_id):
                await self._wait_for_change(changed)
        finally:
            if self._changed.get(task_id) is changed:
                del self._changed[task_id]

    async def _is_wanted(self, task_id: TaskId) -> bool:
        """Look at the row; a store that does not answer only means to look again.

        A task that runs and has no row was forgotten with its account.
        """
        try:
            task = await self._store.find(task_id)
        except StoreUnavailable:
            return False
        return task is None or task.is_canceling

    async def _wait_for_change(self, changed: asyncio.Event) -> None:
        try:
            async with asyncio.timeout(self._look_again.total_seconds()):
                await changed.wait()
        except TimeoutError:
            return
        changed.clear()

    def _tell(self, task_ids: Sequence[TaskId]) -> None:
        for task_id in task_ids:
            if changed := self._changed.get(task_id):
                changed.set()
