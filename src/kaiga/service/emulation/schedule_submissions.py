"""Schedules each task as soon as it is recorded."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kaiga.domain.tasks import Task
from kaiga.service.emulation.schedule import Schedule
from kaiga.service.submitting.submit_task import Submission
from kaiga.service.submitting.trace_submissions import Submit


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSubmissions:
    """Submits by `submit`; a repeat is the first call's task, which has its course."""

    submit: Submit
    schedule: Schedule

    async def __call__(self, submission: Submission) -> Task:
        """Submit; see `SubmitTask`."""
        task = await self.submit(submission)
        self._schedule(submission, task)
        return task

    def begin(
        self, submission: Submission, on_done: Callable[[Task | Exception], None]
    ) -> Awaitable[Task] | None:
        """Submit with nobody awaiting it; see `SubmitTask`."""

        def schedule_and_tell(outcome: Task | Exception) -> None:
            if isinstance(outcome, Task):
                self._schedule(submission, outcome)
            on_done(outcome)

        rest = self.submit.begin(submission, schedule_and_tell)
        return None if rest is None else self._finish(submission, rest)

    async def _finish(self, submission: Submission, rest: Awaitable[Task]) -> Task:
        task = await rest
        self._schedule(submission, task)
        return task

    def _schedule(self, submission: Submission, task: Task) -> None:
        if task.request_id == submission.request_id:
            self.schedule.add(task)
