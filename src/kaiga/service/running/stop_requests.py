"""Tells running work that the owner of its task wants it stopped."""

import asyncio
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import structlog

from kaiga.domain.errors import StoreUnavailable
from kaiga.domain.ids import TaskId
from kaiga.ports.task_store import TaskStore

_log = structlog.get_logger(__name__)
_FIRST_LOOK = timedelta(milliseconds=250)
"""How soon a task is looked at whose run has begun: the notice may have come before that. Most that
are over by then are spared a look."""
_LOOK_AGAIN = timedelta(seconds=5)
"""How often a task is looked at where no notice came; notices are hints."""


class _Watch:
    """One run, and the looks at its row: there is a timer for the next one, or one under way."""

    __slots__ = ("has_changed", "looking", "stop", "timer")

    def __init__(self, stop: Callable[[], None]) -> None:
        self.stop = stop
        self.timer: asyncio.TimerHandle | None = None
        self.looking: asyncio.Task[None] | None = None
        self.has_changed = False

    def end(self) -> None:
        for each in (self.timer, self.looking):
            if each is not None:
                each.cancel()


class StopRequests:
    """The request is in the task's row; a notice of a change only says when to look there."""

    def __init__(self, store: TaskStore, look_again: timedelta = _LOOK_AGAIN) -> None:
        self._store = store
        self._look_again = look_again
        self._watches: dict[TaskId, _Watch] = {}
        store.on_change(self._tell)

    @contextmanager
    def watch(self, task_id: TaskId, stop: Callable[[], None]) -> Generator[None]:
        """Have `stop` called, on the event loop, once a task that runs here is to be stopped.

        Of two that watch the same task, notices reach the later one: the earlier one is an
        attempt that has lost its lease.
        """
        watch = self._watches[task_id] = _Watch(stop)
        self._look_after(_FIRST_LOOK, task_id, watch)
        try:
            yield
        finally:
            watch.end()
            if self._watches.get(task_id) is watch:
                del self._watches[task_id]

    def _look_after(self, pause: timedelta, task_id: TaskId, watch: _Watch) -> None:
        loop = asyncio.get_running_loop()
        watch.timer = loop.call_later(pause.total_seconds(), self._look, task_id, watch)

    def _look(self, task_id: TaskId, watch: _Watch) -> None:
        if watch.timer is not None:
            watch.timer.cancel()
            watch.timer = None
        watch.looking = asyncio.create_task(self._look_at_row(task_id, watch))

    async def _look_at_row(self, task_id: TaskId, watch: _Watch) -> None:
        """Look until nothing has changed meanwhile, and again later."""
        watch.has_changed = True
        while watch.has_changed:
            watch.has_changed = False
            if await self._is_wanted(task_id):
                watch.stop()
                return
        watch.looking = None
        self._look_after(self._look_again, task_id, watch)

    async def _is_wanted(self, task_id: TaskId) -> bool:
        """Look at the row; what keeps us from it is not the owner's wish.

        A task that runs and has no row was forgotten with its account.
        """
        try:
            task = await self._store.find(task_id)
        except StoreUnavailable:
            return False
        except Exception:  # noqa: BLE001  a row that can't be read must not end what runs
            _log.exception("a running task could not be looked at", task_id=task_id)
            return False
        return task is None or task.is_canceling

    def _tell(self, task_ids: Sequence[TaskId]) -> None:
        if not self._watches:
            return
        for task_id in task_ids:
            if watch := self._watches.get(task_id):
                watch.has_changed = True
                if watch.looking is None:
                    self._look(task_id, watch)
