"""Carries one claimed task from its order to its published results."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import msgspec
import structlog

from kaiga.domain.catalogue.catalogue import Catalogue
from kaiga.domain.catalogue.model import Model, operation_of_name
from kaiga.domain.errors import (
    ContentCheckAway,
    EngineAway,
    EngineBusy,
    EngineCrashed,
    EngineHung,
    EngineOutOfMemory,
    EngineStopped,
    EngineUnfit,
    LeaseLost,
    OrderRefused,
    TryLater,
)
from kaiga.domain.generation import Generation
from kaiga.domain.lifetimes import RAN_TOO_LONG, expiry_of_task
from kaiga.domain.measures import Measures, find_length_fault, measure
from kaiga.domain.tasks import (
    CANCELED,
    AttemptCause,
    Claim,
    Failure,
    Outcome,
    Task,
    TaskStatus,
    make_outcome,
)
from kaiga.domain.usage import count_files, make_usage
from kaiga.ports.attempt_store import AttemptStore
from kaiga.ports.clock import Calendar
from kaiga.ports.engine import MadeFile
from kaiga.ports.engine_process import EngineProcess
from kaiga.service.running.check_content import CheckContent
from kaiga.service.running.collect_inputs import CollectInputs
from kaiga.service.running.insisting import insist
from kaiga.service.running.make_results import Gathered, Make
from kaiga.service.running.making_jobs import make_jobs
from kaiga.service.running.prepare_prompt import PreparedPrompt, PreparePrompt
from kaiga.service.running.progress_report import CANCELING, ProgressReport
from kaiga.service.running.refusals import TaskRefused
from kaiga.service.running.stop_requests import StopRequests
from kaiga.service.standing.run_costs import RunCosts
from kaiga.service.standing.task_progress import TaskProgress

_log = structlog.get_logger(__name__)
_LONGEST_PAUSE_BEFORE_RETRY_SECONDS = 60.0
MODEL_GONE = Failure(code="ModelNotFound", message="Model can not be found.")


@dataclass(frozen=True, slots=True)
class _Order:
    """A task with what it needs to run: its order, its model, and the text to draw."""

    task: Task
    generation: Generation
    model: Model
    prepared: PreparedPrompt

    @property
    def prompt(self) -> str:
        return self.prepared.actual or self.generation.prompt


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTask:
    """The use case; on return the task has ended, waits again, or is somebody else's."""

    catalogue: Catalogue
    store: AttemptStore
    make_results: Make
    inputs: CollectInputs
    prepare_prompt: PreparePrompt
    content: CheckContent | None
    """What judges input files; None where nothing is judged."""
    calendar: Calendar
    retention: timedelta
    costs: RunCosts
    longest_run: timedelta
    """After that long, a task fails with `InternalError.Timeout` (contract/core.md, 2.7)."""
    progress: TaskProgress
    note_end: Callable[[Task, AttemptCause], None]
    """Is told of every attempt that does not end its task."""
    stop_requests: StopRequests
    stop_grace: timedelta
    """How long an engine that is to stop may take to its next step before it is killed."""
    takes_adapters: bool = False
    """Whether the engine knows the adapters that an order may name."""

    async def __call__(self, claim: Claim, process: EngineProcess) -> None:
        """Run the claimed task on `process`.

        A cancellation gives the task back, so that another worker may run it at once.
        """
        try:
            cause = await self._run(claim, process)
            if cause is not None:
                self.note_end(claim.task, cause)
                await self._give_back(claim, cause)
        except asyncio.CancelledError:
            await asyncio.shield(self._give_back(claim, AttemptCause.WORKER_STOPPED))
            raise

    async def _run(self, claim: Claim, process: EngineProcess) -> AttemptCause | None:
        """Make and publish; gives why that did not end the task, None where it did."""
        try:
            await self._make_and_publish(claim, process)
        except Exception as error:  # noqa: BLE001  an attempt ends whatever happens, and is told
            return await self._find_cause(claim.task, error)
        return None

    async def _find_cause(self, task: Task, error: Exception) -> AttemptCause | None:
        """Tell the log of what kept an attempt from ending its task, and the store what it was."""
        log = _log.bind(task_id=task.id, attempt=task.attempt)
        match error:
            case LeaseLost():
                log.warning("lease lost; the results of this attempt are dropped")
                return None
            case EngineBusy():
                log.info("no engine was free for a task that was to begin soon")
                return AttemptCause.WORKER_STOPPED
            case EngineAway():
                log.warning("the engine can't be reached", reason=str(error))
                await asyncio.sleep(_pause_before_retry(task.attempt))
                return AttemptCause.ENGINE_AWAY
            case EngineUnfit():
                log.error("the engine can't make this model's tasks", reason=str(error))
                is_short = isinstance(error, EngineOutOfMemory)
                return AttemptCause.ENGINE_OUT_OF_MEMORY if is_short else AttemptCause.ENGINE_UNFIT
            case ContentCheckAway():
                log.warning("the content check did not answer", reason=error.reason)
                await asyncio.sleep(_pause_before_retry(task.attempt))
                return AttemptCause.CONTENT_CHECK_AWAY
            case TryLater():
                log.warning("something that this needs did not answer", reason=type(error).__name__)
                await asyncio.sleep(_pause_before_retry(task.attempt))
                return AttemptCause.OBJECTS_UNAVAILABLE
            case EngineHung():
                log.warning("the engine told nothing for too long and was killed")
                return AttemptCause.ENGINE_HUNG
            case EngineCrashed():
                log.warning("the engine crashed", reason=str(error.__cause__ or error))
            case _:
                log.error("a bug kept this task from running", exc_info=error)
        return AttemptCause.ENGINE_CRASHED

    async def _make_and_publish(self, claim: Claim, process: EngineProcess) -> None:
        clock = asyncio.get_running_loop().time
        report = ProgressReport(self.progress, claim.task, clock)
        try:
            made = await self._make_unless_stopped(claim.task, process, report)
        finally:
            phases = report.close()
        outcome = msgspec.structs.replace(made, phases=phases)

        async def publish() -> None:
            now = self.calendar.now(claim.task.account)
            await self.store.finish(claim, outcome, now, expiry_of_task(now, self.retention))

        await insist(publish)
        if outcome.status is TaskStatus.SUCCEEDED:
            self.costs.record(claim.task, self.calendar.now(claim.task.account))

    async def _make_unless_stopped(
        self, task: Task, process: EngineProcess, report: ProgressReport
    ) -> Outcome:
        """Make the outcome, or leave it where it takes too long or its owner wants it stopped.

        Both are one time limit: a wish to stop brings it forward. An engine that is at work has
        its grace until then, to come to its next step; where none is, there is none to wait for.
        """
        limit = asyncio.timeout(self.longest_run.total_seconds())
        is_canceling = False

        def stop() -> None:
            nonlocal is_canceling
            if limit.expired():
                return
            is_canceling = True
            report.begin(CANCELING)
            grace = self.stop_grace.total_seconds() if process.stop_batch() else 0.0
            end = asyncio.get_running_loop().time() + grace
            limit.reschedule(min(end, limit.when() or end))

        try:
            async with limit:
                with self.stop_requests.watch(task.id, stop):
                    return await self._make_outcome(task, process, report)
        except EngineStopped:
            return CANCELED
        except TimeoutError:
            if not limit.expired():  # somebody else's time limit, and nothing of ours
                raise
        if is_canceling:
            return CANCELED
        return Outcome(status=TaskStatus.FAILED, failure=RAN_TOO_LONG)

    async def _make_outcome(
        self, task: Task, process: EngineProcess, report: ProgressReport
    ) -> Outcome:
        report.begin("inputs")
        generation, model = task.generation, self.catalogue.find_model(task.model)
        if generation is None:
            raise ValueError("a task without an order can't be claimed")
        if model is None:
            return Outcome(status=TaskStatus.FAILED, failure=MODEL_GONE)
        if generation.adapters and not self.takes_adapters:
            raise EngineUnfit("the order names adapters, and this engine has none")
        try:
            prepared = await self.prepare_prompt(task, model, generation)
            order = _Order(task, generation, model, prepared)
            async with self.inputs(task, model) as inputs:
                measures = measure(model, generation, [each.at_hand for each in inputs])
                length_fault = model.clip and find_length_fault(model.clip, measures)
                if length_fault:
                    return _fail(OrderRefused.code, length_fault)
                files = [each.file for each in inputs]
                if self.content is not None:
                    await self.content.check_inputs(files)
                jobs = make_jobs(model, generation, measures, order.prompt, files)
                await process.wait_for_turn()
                report.begin_jobs(len(jobs))
                gathered = await self.make_results(task, jobs, process, report)
        except TaskRefused as refused:
            return _fail(refused.code, str(refused))
        return _conclude(order, measures, gathered)

    async def _give_back(self, claim: Claim, cause: AttemptCause) -> None:
        async def give_back() -> None:
            now = self.calendar.now(claim.task.account)
            expires_at = expiry_of_task(now, self.retention)
            await self.store.give_back(claim, cause, now, expires_at)

        try:
            await insist(give_back)
        except LeaseLost:
            _log.info("lease lost before the task could be given back", task_id=claim.task.id)


def _fail(code: str, message: str) -> Outcome:
    return Outcome(status=TaskStatus.FAILED, failure=Failure(code=code, message=message))


def _conclude(order: _Order, measures: Measures, gathered: Gathered) -> Outcome:
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
    usage = gathered.told.usage or make_usage(
        order.model,
        order.generation,
        measures,
        facts,
        operation=operation_of_name(order.task.operation),
    )
    return msgspec.structs.replace(
        make_outcome(results, usage, order.prepared.actual or gathered.told.actual_prompt or None),
        rewrite_failed=order.prepared.rewrite_failed,
        made_by=gathered.made_by,
    )


def _pause_before_retry(attempt: int) -> float:
    """Give how long a task waits for what it needs: the 20 tries of a task last a quarter hour."""
    return min(2.0 ** (attempt - 1), _LONGEST_PAUSE_BEFORE_RETRY_SECONDS)
