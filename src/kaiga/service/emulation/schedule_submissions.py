"""Schedules each task as soon as it is recorded."""

from dataclasses import dataclass

from kaiga.domain.tasks import Task
from kaiga.service.emulation.schedule import Schedule
from kaiga.service.submit_task import Submission
from kaiga.service.trace_submissions import Submit


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSubmissions:
    """Submits by `submit`; a repeat is the first call's task, which has its course."""

    submit: Submit
    schedule: Schedule

    async def __call__(self, submission: Submission) -> Task:
        """Submit; see `SubmitTask`."""
        task = await self.submit(submission)
        if task.request_id == submission.request_id:
            self.schedule.add(task)
        return task
