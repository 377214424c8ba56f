"""Which tasks of the emulator are due: to begin, and to end."""

import asyncio
import contextlib
import heapq
import math
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from kaiga.domain.emulation.courses import Course, make_course
from kaiga.domain.emulation.fates import TaskFate
from kaiga.domain.emulation.paces import Pace
from kaiga.domain.ids import AccountId, TaskId
from kaiga.domain.tasks import Task, TaskStatus
from kaiga.service.emulation.account_clocks import AccountClocks

_CATCHING_UP_SECONDS = 3.0
"""As long as polls of tasks that are due are held."""


class DueTask(NamedTuple):
    """A task that is to begin, and since when by its account's calendar."""

    task_id: TaskId
    starts_at: datetime


class Schedule:
    """The courses of all tasks that have not ended; those that wait, in their accounts' order.

    Courses live in memory alone: after a restart, tasks have new ones. A task whose account's
    clock stands still is not due before that is moved.
    """

    def __init__(
        self,
        clocks: AccountClocks,
        find_pace: Callable[[AccountId, str], Pace],
        choose_fate: Callable[[Task], TaskFate],
    ) -> None:
        self._clocks = clocks
        self._find_pace = find_pace
        self._choose_fate = choose_fate
        self._courses: dict[TaskId, Course] = {}
        self._waiting: set[TaskId] = set()
        self._beginning: set[TaskId] = set()
        self._moved = asyncio.Event()
        self._queues: dict[AccountId, list[tuple[datetime, TaskId]]] = {}
        self._listeners: list[Callable[[], None]] = []
        self._timer: asyncio.TimerHandle | None = None
        clocks.on_shift(lambda _: self._tell())

    def __contains__(self, task_id: TaskId) -> bool:
        """Tell whether a task has a course."""
        return task_id in self._courses

    def add(self, task: Task) -> None:
        """Set the course of a task that waits; one that has ended, or has one, is left as it is."""
        if task.status is not TaskStatus.PENDING or task.id in self._courses:
            return
        pace = self._find_pace(task.account, task.catalogue_model)
        self._courses[task.id] = make_course(task, pace, self._choose_fate(task))
        self.put_back(task.id)

    def put_back(self, task_id: TaskId) -> None:
        """Have a task wait again whose attempt is over; one without a course is nobody's."""
        course = self._courses.get(task_id)
        if course is None or task_id in self._waiting:
            return
        self._beginning.discard(task_id)
        self._waiting.add(task_id)
        if course.never_starts:
            return
        heapq.heappush(self._queues.setdefault(course.account, []), (course.starts_at, task_id))
        self._wake_at(course.account, course.starts_at)

    def take_due(self, limit: int) -> Sequence[DueTask]:
        """Give up to `limit` tasks that are to begin by now; they wait no more.

        What has become of them is to be told by `note_begun`, `put_back` or `forget`.
        """
        due: list[DueTask] = []
        for account in list(self._queues):
            queue, now = self._queues[account], self._clocks.now(account)
            while queue and queue[0][0] <= now and len(due) < limit:
                starts_at, task_id = heapq.heappop(queue)
                if task_id in self._waiting:
                    self._waiting.discard(task_id)
                    self._beginning.add(task_id)
                    due.append(DueTask(task_id, starts_at))
            if queue:
                self._wake_at(account, queue[0][0])
            else:
                del self._queues[account]
        return due

    def list_waiting(self) -> frozenset[TaskId]:
        """Give the tasks that wait."""
        return frozenset(self._waiting)

    def forget(self, task_ids: Collection[TaskId]) -> None:
        """Drop the courses of tasks that have ended or are gone."""
        for task_id in task_ids:
            self._courses.pop(task_id, None)
            self._waiting.discard(task_id)
        self.note_begun(task_ids)

    def note_begun(self, task_ids: Collection[TaskId]) -> None:
        """Take note of tasks that run now."""
        self._beginning.difference_update(task_ids)
        self._moved.set()
        self._moved = asyncio.Event()

    def find_course(self, task_id: TaskId) -> Course | None:
        """Give the course of a task; None where it has none."""
        return self._courses.get(task_id)

    def is_due_to_end(self, task: Task) -> bool:
        """Tell whether a task would have ended by now, had that taken no time."""
        course = self._courses.get(task.id)
        return (
            course is not None
            and not course.is_stuck
            and course.ends_at <= self._clocks.now(task.account)
        )

    async def wait_for_end(self, task_id: TaskId) -> None:
        """Return once a task is to end; never for one that is stuck."""
        course = self._courses.get(task_id)
        if course is None:
            return
        if course.is_stuck:
            await asyncio.get_running_loop().create_future()
        await self._clocks.wait_until(course.account, course.ends_at)

    async def catch_up(self, account: AccountId) -> None:
        """Return once what an account's time has brought has begun and ended, or in 3 seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CATCHING_UP_SECONDS):
                while self._is_behind(account):
                    await self._moved.wait()

    def _is_behind(self, account: AccountId) -> bool:
        now = self._clocks.now(account)
        unbegun = self._waiting | self._beginning
        return any(
            (task_id in unbegun and not course.never_starts and course.starts_at <= now)
            or (not course.is_stuck and course.ends_at <= now)
            for task_id, course in self._courses.items()
            if course.account == account
        )

    def on_due(self, listener: Callable[[], None]) -> None:
        """Have `listener` called when tasks may be due: a hint."""
        self._listeners.append(listener)

    def _wake_at(self, account: AccountId, instant: datetime) -> None:
        """Tell when it is `instant` for the account; a still clock tells once it moves."""
        left = (instant - self._clocks.now(account)).total_seconds()
        if left <= 0:
            self._tell()
        elif self._clocks.find_shift(account).frozen_at is None:
            loop = asyncio.get_running_loop()
            at = loop.time() + left
            if at < (math.inf if self._timer is None else self._timer.when()):
                self._stop_timer()
                self._timer = loop.call_at(at, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._tell()

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()
