"""Counts how tasks and attempts end, and how long they waited and ran, from their rows.

The store says which tasks have changed; what became of them is read a little later, many at once.
So no use case has to count, whatever ends a task is counted, and nothing is put on any path that
a client waits for.
"""

import asyncio
from collections.abc import Sequence

import msgspec

from kaiga.domain.errors import StoreUnavailable
from kaiga.domain.ids import TaskId
from kaiga.domain.timings import AttemptTimes, TaskTimes
from kaiga.ports.clock import Calendar
from kaiga.ports.meter import Meter
from kaiga.ports.task_store import TaskStore
from kaiga.service.recent import Recent

_READ_AFTER_SECONDS = 0.5
_LARGEST_READ = 500
_TRY_AGAIN_SECONDS = 5.0
_ENDED_REMEMBERED = 16_384
FINISHED = "finished"
"""The cause of an attempt that ended its task, where causes are counted."""


class _Counted(msgspec.Struct):
    """What of an unfinished task has been counted: its wait, and how many of its attempts."""

    wait: bool = False
    attempts: int = 0


class MeasureTasks:
    """Tells a meter of everything that has ended since this was made, each thing once."""

    def __init__(self, store: TaskStore, calendar: Calendar, meter: Meter) -> None:
        self._store = store
        self._meter = meter
        self._began_at = calendar.real_now()
        self._changed: dict[TaskId, None] = {}
        self._unfinished: dict[TaskId, _Counted] = {}
        self._ended: Recent[TaskId, bool] = Recent(_ENDED_REMEMBERED)
        self._reading: asyncio.Task[None] | None = None
        self.ended: dict[tuple[str, str], int] = {}
        """Tasks that have ended, by model and final state; not those that were created so."""
        store.on_change(self._note)

    async def settle(self) -> None:
        """Count what has changed by now.

        Raises:
            StoreUnavailable: the store did not answer; it is counted later.
        """
        while self._changed:
            task_ids = list(self._changed)[:_LARGEST_READ]
            for task_id in task_ids:
                del self._changed[task_id]
            try:
                found = await self._store.find_times(task_ids)
            except StoreUnavailable:
                self._changed.update(dict.fromkeys(task_ids))
                raise
            for task in found:
                self._count(task)
            for task_id in set(task_ids) - {task.id for task in found}:
                self._unfinished.pop(task_id, None)

    def _note(self, task_ids: Sequence[TaskId]) -> None:
        self._changed.update(dict.fromkeys(task_ids))
        if self._reading is None:
            self._reading = asyncio.create_task(self._settle_soon())

    async def _settle_soon(self) -> None:
        pause_seconds = _READ_AFTER_SECONDS
        try:
            while self._changed:
                await asyncio.sleep(pause_seconds)
                try:
                    await self.settle()
                except StoreUnavailable:
                    pause_seconds = _TRY_AGAIN_SECONDS
        finally:
            self._reading = None

    def _count(self, task: TaskTimes) -> None:
        if self._ended.find(task.id):  # notices may be doubled
            return
        counted = self._unfinished.pop(task.id, None) or _Counted()
        self._count_wait(task, counted)
        for attempt in task.attempts[counted.attempts :]:
            if attempt.ended_at is None:
                break
            self._count_attempt(task.model, attempt)
            counted.attempts += 1
        if task.status.is_final:
            self._ended.put(task.id, True)
            end = (task.model, task.status)
            self.ended[end] = self.ended.get(end, 0) + 1
        else:
            self._unfinished[task.id] = counted

    def _count_wait(self, task: TaskTimes, counted: _Counted) -> None:
        if counted.wait or not task.attempts:
            return
        counted.wait = True
        claimed_at = task.attempts[0].claimed_at
        if claimed_at >= self._began_at:
            self._meter.time_wait(task.model, (claimed_at - task.submitted_at).total_seconds())

    def _count_attempt(self, model: str, attempt: AttemptTimes) -> None:
        """Count an attempt that ended here; when one of a former process died, nobody knows."""
        if attempt.ended_at is None or attempt.ended_at < self._began_at:
            return
        self._meter.count_attempt(model, attempt.engine, attempt.cause or FINISHED)
        if attempt.claimed_at < self._began_at:
            return
        seconds = (attempt.ended_at - attempt.claimed_at).total_seconds()
        if attempt.cause:
            self._meter.count_waste(model, attempt.engine, attempt.cause, seconds)
        else:
            self._meter.time_run(model, attempt.engine, seconds)
