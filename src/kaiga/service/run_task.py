"""Carries one claimed task from its order to its published results."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import timedelta

import structlog

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import Model, operation_of_name
from kaiga.domain.errors import (
    EngineCrashed,
    LeaseLost,
    ObjectsUnavailable,
    OrderRefused,
    StoreUnavailable,
    TryLater,
)
from kaiga.domain.generation import Generation
from kaiga.domain.ids import ObjectKey
from kaiga.domain.lifetimes import RAN_TOO_LONG, expiry_of_task
from kaiga.domain.measures import Measures, find_length_fault, measure
from kaiga.domain.media import recognise_media
from kaiga.domain.tasks import (
    AttemptCause,
    Claim,
    Failure,
    Finding,
    Outcome,
    Result,
    StoredResult,
    Task,
    TaskStatus,
    make_outcome,
    result_object_key,
)
from kaiga.domain.usage import count_files, make_usage
from kaiga.ports.clock import Calendar
from kaiga.ports.engine import (
    GenerationJob,
    JobFailed,
    MadeFile,
    PhaseBegan,
    PreviewMade,
    ResultMade,
    StepDone,
)
from kaiga.ports.engine_process import EngineProcess
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.prompt_rewriter import PromptRewriter
from kaiga.ports.task_store import TaskStore
from kaiga.service.collect_inputs import CollectInputs, InputUnfit
from kaiga.service.making_jobs import make_jobs
from kaiga.service.run_costs import RunCosts

_log = structlog.get_logger(__name__)
_FIRST_PAUSE_SECONDS = 0.2
_LONGEST_PAUSE_SECONDS = 10.0
_LONGEST_PAUSE_BEFORE_RETRY_SECONDS = 60.0
_UNREADABLE = Failure(code=EngineCrashed.code, message=EngineCrashed.message)
_MODEL_GONE = Failure(code="ModelNotFound", message="Model can not be found.")


@dataclass(frozen=True, slots=True)
class _Order:
    """A task with what it needs to run: its order, its model, and the text to draw."""

    task: Task
    generation: Generation
    model: Model
    actual_prompt: str | None

    @property
    def prompt(self) -> str:
        return self.actual_prompt or self.generation.prompt


@dataclass(slots=True)
class _Gathered:
    """Results as they come in, by the index of their job."""

    results: dict[int, tuple[Result, ...]]
    files: dict[int, MadeFile]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTask:
    """The use case; on return the task has ended, waits again, or is somebody else's."""

    catalogue: Catalogue
    store: TaskStore
    objects: ObjectStore
    inputs: CollectInputs
    rewriter: PromptRewriter
    calendar: Calendar
    retention: timedelta
    costs: RunCosts
    longest_run: timedelta
    """After that long, a task fails with `InternalError.Timeout` (contract/core.md, 2.7)."""
    patience: timedelta
    """How long a finished file waits for an object store that takes nothing, before the attempt
    is given up and the file with it."""

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
        except TryLater as error:
            log.warning("something that this needs did not answer", reason=type(error).__name__)
            await asyncio.sleep(_pause_before_retry(claim.task.attempt))
            return AttemptCause.OBJECTS_UNAVAILABLE
        except EngineCrashed as error:
            log.warning("the engine crashed", reason=str(error.__cause__ or error))
            return AttemptCause.ENGINE_CRASHED
        except Exception:
            log.exception("a bug kept this task from running")
            return AttemptCause.ENGINE_CRASHED
        return None

    async def _make_and_publish(self, claim: Claim, process: EngineProcess) -> None:
        outcome = await self._make_outcome_in_time(claim.task, process)

        async def publish() -> None:
            now = self.calendar.now(claim.task.account)
            await self.store.finish(claim, outcome, now, expiry_of_task(now, self.retention))

        await _insist(publish)
        if outcome.status is TaskStatus.SUCCEEDED:
            self.costs.record(claim.task, self.calendar.now(claim.task.account))

    async def _make_outcome_in_time(self, task: Task, process: EngineProcess) -> Outcome:
        limit = asyncio.timeout(self.longest_run.total_seconds())
        try:
            async with limit:
                return await self._make_outcome(task, process)
        except TimeoutError:
            if not limit.expired():  # somebody else's time limit, and nothing of ours
                raise
            return Outcome(status=TaskStatus.FAILED, failure=RAN_TOO_LONG)

    async def _make_outcome(self, task: Task, process: EngineProcess) -> Outcome:
        generation, model = task.generation, self.catalogue.find_model(task.model)
        if generation is None:
            raise ValueError("a task without an order can't be claimed")
        if model is None:
            return Outcome(status=TaskStatus.FAILED, failure=_MODEL_GONE)
        actual_prompt = (
            await self.rewriter.rewrite(generation.prompt, generation.seed)
            if generation.prompt_extend and generation.prompt
            else None
        )
        order = _Order(task, generation, model, actual_prompt)
        try:
            async with self.inputs(task, model) as inputs:
                measures = measure(model, generation, [each.at_hand for each in inputs])
                length_fault = model.clip and find_length_fault(model.clip, measures)
                if length_fault:
                    return _fail(OrderRefused.code, length_fault)
                files = [each.file for each in inputs]
                jobs = make_jobs(model, generation, measures, order.prompt, files)
                gathered = await self._make_results(task, jobs, process)
        except InputUnfit as unfit:
            return _fail(unfit.code, str(unfit))
        return _conclude(order, measures, gathered)

    async def _make_results(
        self, task: Task, jobs: Sequence[GenerationJob], process: EngineProcess
    ) -> _Gathered:
        gathered = _Gathered({}, {})
        stored = 0
        async with aclosing(process.generate(jobs)) as events:
            async for event in events:
                match event:
                    case ResultMade():
                        results = await self._store_result(task, event, stored)
                        stored += len(event.files)
                        gathered.results[event.index] = results
                        if event.files:
                            gathered.files[event.index] = event.files[0]
                    case JobFailed():
                        failure = Failure(code=event.code, message=event.message)
                        gathered.results[event.index] = (failure,)
                    case PhaseBegan() | StepDone() | PreviewMade():
                        pass  # hints of progress; nothing durable hangs on them
        if gathered.results.keys() != set(range(len(jobs))):
            raise EngineCrashed from RuntimeError("the engine answered for other jobs than asked")
        return gathered

    async def _store_result(
        self, task: Task, made: ResultMade, position: int
    ) -> tuple[Result, ...]:
        """Store a job's files from `position` on; unreadable ones make the job a failure."""
        if not made.files:
            return (Finding(findings=made.findings),)
        kinds = [recognise_media(file.content) for file in made.files]
        results: list[Result] = []
        for place, (file, kind) in enumerate(zip(made.files, kinds, strict=True)):
            if kind is None:
                return (_UNREADABLE,)
            key = result_object_key(task, position + place)
            await self._put(key, file.content)
            results.append(
                StoredResult(
                    object_key=key,
                    media_type=kind.name,
                    size_bytes=len(file.content),
                    part=file.part,
                    findings={} if file.part else made.findings,
                )
            )
        return tuple(results)

    async def _put(self, key: ObjectKey, content: bytes) -> None:
        async def put() -> None:
            await self.objects.put(key, content)

        await _insist(put, ObjectsUnavailable, self.patience.total_seconds())

    async def _give_back(self, claim: Claim, cause: AttemptCause) -> None:
        async def give_back() -> None:
            now = self.calendar.now(claim.task.account)
            expires_at = expiry_of_task(now, self.retention)
            await self.store.give_back(claim, cause, now, expires_at)

        try:
            await _insist(give_back)
        except LeaseLost:
            _log.info("lease lost before the task could be given back", task_id=claim.task.id)


def _fail(code: str, message: str) -> Outcome:
    return Outcome(status=TaskStatus.FAILED, failure=Failure(code=code, message=message))


def _conclude(order: _Order, measures: Measures, gathered: _Gathered) -> Outcome:
    indexes = sorted(gathered.results)
    results = tuple(result for index in indexes for result in gathered.results[index])
    made = [
        gathered.files.get(index, MadeFile(content=b""))
        for index in indexes
        if not isinstance(gathered.results[index][0], Failure)
    ]
    facts = count_files(
        [(file.width_pixels, file.height_pixels, file.duration_seconds) for file in made]
    )
    usage = make_usage(
        order.model,
        order.generation,
        measures,
        facts,
        operation=operation_of_name(order.task.operation),
    )
    return make_outcome(results, usage, order.actual_prompt)


def _pause_before_retry(attempt: int) -> float:
    """Give how long a task waits for what it needs: the 20 tries of a task last a quarter hour."""
    return min(2.0 ** (attempt - 1), _LONGEST_PAUSE_BEFORE_RETRY_SECONDS)


async def _insist(
    write: Callable[[], Awaitable[None]],
    refusal: type[TryLater] = StoreUnavailable,
    patience_seconds: float = math.inf,
) -> None:
    """Repeat a write until it is taken: finished work waits, it is never thrown away lightly.

    Raises:
        TryLater: the `refusal` that came when patience had ended.
    """
    pause_seconds, waited_seconds = _FIRST_PAUSE_SECONDS, 0.0
    while True:
        try:
            await write()
        except refusal:
            if waited_seconds >= patience_seconds:
                raise
            if not waited_seconds:
                _log.warning("finished work waits for a store", reason=refusal.__name__)
            await asyncio.sleep(pause_seconds)
            waited_seconds += pause_seconds
            pause_seconds = min(pause_seconds * 2, _LONGEST_PAUSE_SECONDS)
        else:
            return
