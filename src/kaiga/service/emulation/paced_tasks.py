"""Claims and ends of the emulator's tasks: when their courses say so."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from kaiga.domain.emulation.courses import Course
from kaiga.domain.errors import LeaseLost
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import AttemptCause, Claim, Lease, Outcome, TaskStatus
from kaiga.ports.paced_store import PacedStore
from kaiga.service.emulation.schedule import Schedule


class PacedTasks:
    """Implements `AttemptStore`: what ended has no course any more, what did not waits again."""

    def __init__(self, store: PacedStore, schedule: Schedule, engine: str) -> None:
        self._store = store
        self._schedule = schedule
        self._engine = engine
        self._strangers: frozenset[TaskId] | None = None
        self.on_due = schedule.on_due

    async def claim_due(self, lease: Lease, limit: int) -> Sequence[Claim]:
        """Give up to `limit` tasks that are to begin by now to the lease's worker.

        Raises:
            StoreUnavailable: nothing was claimed; the next call tries again.
        """
        due = dict(self._schedule.take_due(limit))
        if not due:
            return ()
        claims: Sequence[Claim] = ()
        try:
            claims = await self._store.claim_these(due, lease, self._engine)
        except BaseException:
            for task_id in due:
                self._schedule.put_back(task_id)
            raise
        begun = {claim.task.id for claim in claims}
        self._schedule.note_begun(begun)
        self._schedule.forget(due.keys() - begun)
        return claims

    async def finish(
        self, claim: Claim, outcome: Outcome, now: datetime, expires_at: datetime
    ) -> None:
        """See `TaskStore`; the task ended when its course says, and FAILED where that says so."""
        course = self._schedule.find_course(claim.task.id)
        ended_at = now if course is None else course.find_end(outcome.status, now)
        try:
            await self._store.finish(
                claim, _amend(outcome, course), ended_at, expires_at - (now - ended_at)
            )
        except LeaseLost:
            self._schedule.put_back(claim.task.id)
            raise
        self._schedule.forget([claim.task.id])

    async def give_back(
        self, claim: Claim, cause: AttemptCause, now: datetime, expires_at: datetime
    ) -> None:
        """See `TaskStore`."""
        try:
            await self._store.give_back(claim, cause, now, expires_at)
        finally:
            self._schedule.put_back(claim.task.id)

    async def look_after_waiting(self) -> None:
        """See that every task that waits has a course, and that only such tasks wait.

        Tasks of before a restart are scheduled at the first look. Later ones are as they
        come; one that has no course at two looks is one whose client left at a bad moment.

        Raises:
            StoreUnavailable: the next look tries again.
        """
        scheduled = self._schedule.list_waiting()
        pending = frozenset(await self._store.list_pending())
        self._schedule.forget(scheduled - pending)
        unscheduled = frozenset(task_id for task_id in pending if task_id not in self._schedule)
        seen_before = unscheduled if self._strangers is None else self._strangers
        for task_id in sorted(unscheduled & seen_before):
            task = await self._store.find(task_id)
            if task is not None:
                self._schedule.add(task)
        self._strangers = unscheduled


def _amend(outcome: Outcome, course: Course | None) -> Outcome:
    """Have a task that is to fail as a whole fail with no results, each of which had failed."""
    failure = None if course is None else course.fate.failure
    if failure is None or outcome.status is not TaskStatus.FAILED:
        return outcome
    return msgspec.structs.replace(outcome, results=(), failure=failure)
