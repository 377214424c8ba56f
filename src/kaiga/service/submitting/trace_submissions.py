"""Traces create calls, and keeps under which trace each task was submitted."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from kaiga.domain.tasks import Task
from kaiga.ports.tracer import Tracer
from kaiga.service.running.watch_runs import TraceParents
from kaiga.service.submitting.submit_task import Submission


class Submit(Protocol):
    """What takes create calls, as `SubmitTask` does."""

    async def __call__(self, submission: Submission) -> Task:
        """Record the task; on return it is durable."""
        ...

    def begin(
        self, submission: Submission, on_done: Callable[[Task | Exception], None]
    ) -> Awaitable[Task] | None:
        """Record the task with nobody awaiting it; what has to be awaited is given back."""
        ...


class TraceSubmissions:
    """Submits by `submit`; a task's runs are in the trace of the request that made it."""

    def __init__(self, submit: Submit, tracer: Tracer, trace_parents: TraceParents) -> None:
        self._submit = submit
        self._tracer = tracer
        self._trace_parents = trace_parents

    async def __call__(self, submission: Submission) -> Task:
        """Submit; see `SubmitTask`."""
        request_id = submission.request_id
        with self._tracer.begin("submit", {"kaiga.request_id": request_id}) as span:
            task = await self._submit(submission)
            span.tell(
                {
                    "kaiga.task_id": task.id,
                    "kaiga.model": task.catalogue_model,
                    "kaiga.state": task.status.value,
                }
            )
        if task.request_id == request_id:  # a repeat is the first call's task
            self._trace_parents.put(task.id, span.trace_parent)
        return task

    def begin(
        self,
        submission: Submission,
        on_done: Callable[[Task | Exception], None],  # noqa: ARG002  what is awaited tells nobody
    ) -> Awaitable[Task]:
        """Give everything back to be awaited, inside its span."""
        return self(submission)
