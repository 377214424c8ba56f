"""Carries one claimed task from its prompt to its published results."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta

import structlog

from kaiga.domain.errors import EngineCrashed, LeaseLost, ObjectsUnavailable, StoreUnavailable
from kaiga.domain.generation import Generation, seed_of_picture
from kaiga.domain.lifetimes import RAN_TOO_LONG, expiry_of_task
from kaiga.domain.media import recognise_media
from kaiga.domain.tasks import (
    AttemptCause,
    Claim,
    Failure,
    Outcome,
    Result,
    StoredResult,
    Task,
    TaskStatus,
    make_outcome,
    result_object_key,
)
from kaiga.ports.clock import Calendar
from kaiga.ports.engine import (
    GenerationJob,
    JobFailed,
    PhaseBegan,
    PreviewMade,
    ResultMade,
    StepDone,
)
from kaiga.ports.engine_process import EngineProcess
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.prompt_rewriter import PromptRewriter
from kaiga.ports.task_store import TaskStore

_log = structlog.get_logger(__name__)
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 10.0
_PAUSE_BEFORE_RETRY_SECONDS = 1.0
_UNREADABLE = Failure(code=EngineCrashed.code, message=EngineCrashed.message)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTask:
    """The use case; on return the task has ended, waits again, or is somebody else's."""

    store: TaskStore
    objects: ObjectStore
    rewriter: PromptRewriter
    calendar: Calendar
    retention: timedelta
    longest_run: timedelta
    """After that long, a task fails with `InternalError.Timeout` (contract/core.md, 2.7)."""

    async def __call__(self, claim: Claim, process: EngineProcess) -> None:
        """Run the claimed task on `process`.

        A cancellation gives the task back, so that another worker may run it at once.
        """
        try:
            cause = await self._run(claim, process)
            if cause is not None:
                await self._give_back(claim, cause)
        except asyncio.CancelledError:
            await asyncio.shield(self._give_back(claim, AttemptCause.WORKER_STOPPED))
            raise

    async def _run(self, claim: Claim, process: EngineProcess) -> AttemptCause | None:
        """Make and publish; gives why that did not end the task, None where it did."""
        log = _log.bind(task_id=claim.task.id, attempt=claim.task.attempt)
        try:
            await self._make_and_publish(claim, process)
        except LeaseLost:
            log.warning("lease lost; the results of this attempt are dropped")
        except ObjectsUnavailable:
            log.warning("the object store took no results")
            await asyncio.sleep(_PAUSE_BEFORE_RETRY_SECONDS)
            return AttemptCause.OBJECTS_UNAVAILABLE
        except EngineCrashed as error:
            log.warning("the engine crashed", reason=str(error.__cause__ or error))
            return AttemptCause.ENGINE_CRASHED
        except Exception:
            log.exception("a bug kept this task from running")
            return AttemptCause.ENGINE_CRASHED
        return None

    async def _make_and_publish(self, claim: Claim, process: EngineProcess) -> None:
        task = claim.task
        generation = task.generation
        if generation is None:
            raise ValueError("a task without an order can't be claimed")
        actual_prompt = (
            await self.rewriter.rewrite(generation.prompt, generation.seed)
            if generation.prompt_extend
            else None
        )
        jobs = make_jobs(task.model, generation, actual_prompt or generation.prompt)
        outcome = await self._make_outcome(task, jobs, process, actual_prompt)

        async def publish() -> None:
            now = self.calendar.now(task.account)
            await self.store.finish(claim, outcome, now, expiry_of_task(now, self.retention))

        await _insist(publish)

    async def _make_outcome(
        self,
        task: Task,
        jobs: Sequence[GenerationJob],
        process: EngineProcess,
        actual_prompt: str | None,
    ) -> Outcome:
        limit = asyncio.timeout(self.longest_run.total_seconds())
        try:
            async with limit:
                results = await self._make_results(task, jobs, process)
        except TimeoutError:
            if not limit.expired():  # somebody else's time limit, and nothing of ours
                raise
            return Outcome(status=TaskStatus.FAILED, failure=RAN_TOO_LONG)
        return make_outcome(results, actual_prompt)

    async def _make_results(
        self, task: Task, jobs: Sequence[GenerationJob], process: EngineProcess
    ) -> tuple[Result, ...]:
        results: dict[int, Result] = {}
        async with aclosing(process.generate(jobs)) as events:
            async for event in events:
                match event:
                    case ResultMade():
                        results[event.index] = await self._store_result(task, event)
                    case JobFailed():
                        results[event.index] = Failure(code=event.code, message=event.message)
                    case PhaseBegan() | StepDone() | PreviewMade():
                        pass  # hints of progress; nothing durable hangs on them
        return tuple(results[index] for index in range(len(jobs)))

    async def _store_result(self, task: Task, made: ResultMade) -> Result:
        content = made.files[0].content
        media_type = recognise_media(content)
        if media_type is None:
            return _UNREADABLE
        key = result_object_key(task, made.index)
        await self.objects.put(key, content)
        return StoredResult(object_key=key, media_type=media_type.name, size_bytes=len(content))

    async def _give_back(self, claim: Claim, cause: AttemptCause) -> None:
        async def give_back() -> None:
            now = self.calendar.now(claim.task.account)
            expires_at = expiry_of_task(now, self.retention)
            await self.store.give_back(claim, cause, now, expires_at)

        try:
            await _insist(give_back)
        except LeaseLost:
            _log.info("lease lost before the task could be given back", task_id=claim.task.id)


def make_jobs(model: str, generation: Generation, prompt: str) -> Sequence[GenerationJob]:
    """Make one job per picture ordered; they differ in their seeds alone."""
    return [
        GenerationJob(
            model=model,
            task="text-to-image",
            prompt=prompt,
            negative_prompt=generation.negative_prompt,
            width_pixels=generation.width_pixels,
            height_pixels=generation.height_pixels,
            seed=seed_of_picture(generation, index),
            watermark="AI Generated" if generation.watermark else "",
        )
        for index in range(generation.count)
    ]


async def _insist(write: Callable[[], Awaitable[None]]) -> None:
    """Repeat a write until the store takes it: finished work waits, it is never thrown away."""
    pause_seconds = _FIRST_PAUSE_SECONDS
    while True:
        try:
            await write()
        except StoreUnavailable:
            _log.warning("the store does not answer; finished work waits")
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(pause_seconds * 2, _LONGEST_PAUSE_SECONDS)
        else:
            return
