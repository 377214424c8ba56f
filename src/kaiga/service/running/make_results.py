"""Has an engine do the jobs of a task, and stores what it makes as it comes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta

from kaiga.domain.errors import EngineCrashed, ObjectsUnavailable
from kaiga.domain.ids import ObjectKey
from kaiga.domain.media import recognise_media
from kaiga.domain.tasks import Failure, Finding, Result, StoredResult, Task, result_object_key
from kaiga.ports.engine import (
    AnswerTold,
    GenerationJob,
    JobFailed,
    LoadProgressed,
    MadeFile,
    PhaseBegan,
    PreviewMade,
    ResultMade,
    StepDone,
)
from kaiga.ports.engine_process import EngineProcess
from kaiga.ports.object_store import ObjectStore
from kaiga.service.running.check_content import CheckContent
from kaiga.service.running.insisting import insist
from kaiga.service.running.mark_results import Mark
from kaiga.service.running.progress_report import ProgressReport

_UNREADABLE = Failure(code=EngineCrashed.code, message=EngineCrashed.message)


@dataclass(slots=True)
class Gathered:
    """Results as they come in, by the index of their job."""

    results: dict[int, tuple[Result, ...]]
    files: dict[int, MadeFile]
    told: AnswerTold = field(default_factory=AnswerTold)
    made_by: Mapping[str, str] = field(default_factory=dict[str, str])
    """What made them, as the engine told it with the first."""


Make = Callable[[Task, Sequence[GenerationJob], EngineProcess, ProgressReport], Awaitable[Gathered]]
"""What `MakeResults` does, whoever does it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeResults:
    """A part of running a task; what was stored and is not published is swept."""

    objects: ObjectStore
    mark: Mark
    patience: timedelta
    """How long a finished file waits for an object store that takes nothing, before the attempt
    is given up and the file with it."""
    content: CheckContent | None = None
    """What judges results; None where nothing is judged."""

    async def __call__(
        self,
        task: Task,
        jobs: Sequence[GenerationJob],
        process: EngineProcess,
        report: ProgressReport,
    ) -> Gathered:
        """Have `jobs` made; gives the results of each, whose files are stored by then.

        Raises:
            EngineCrashed, EngineHung, EngineStopped: see `EngineProcess`.
            ObjectsUnavailable: a file could not be stored.
            ContentCheckAway: nobody judged a result, and the task is to wait.
        """
        gathered = Gathered({}, {})
        stored = 0
        async with aclosing(process.generate(jobs)) as events:
            async for event in events:
                match event:
                    case ResultMade():
                        report.take_end(event.index)
                        results = await self._store_result(task, event, stored)
                        stored += len(event.files)
                        gathered.results[event.index] = results
                        gathered.made_by = gathered.made_by or event.made_by
                        if event.files:
                            gathered.files[event.index] = event.files[0]
                    case JobFailed():
                        report.take_end(event.index)
                        failure = Failure(code=event.code, message=event.message)
                        gathered.results[event.index] = (failure,)
                    case AnswerTold():
                        gathered.told = event
                    case _:
                        _tell_progress(report, event)
        if gathered.results.keys() != set(range(len(jobs))):
            raise EngineCrashed from RuntimeError("the engine answered for other jobs than asked")
        return gathered

    async def _store_result(
        self, task: Task, made: ResultMade, position: int
    ) -> tuple[Result, ...]:
        """Store a job's files from `position` on; unreadable ones make the job a failure.

        So do those that may not be given out, of which nothing is stored.
        """
        fault = await self.content.find_fault(made) if self.content else None
        if fault is not None:
            return (fault,)
        if not made.files:
            return (Finding(findings=made.findings),)
        kinds = [recognise_media(file.content) for file in made.files]
        results: list[Result] = []
        for place, (file, kind) in enumerate(zip(made.files, kinds, strict=True)):
            if kind is None:
                return (_UNREADABLE,)
            key = result_object_key(task, position + place)
            marked = await self.mark(task, file.content, kind)
            await self._put(key, marked.content)
            results.append(
                StoredResult(
                    object_key=key,
                    media_type=kind.name,
                    size_bytes=len(marked.content),
                    part=file.part,
                    findings={} if file.part else made.findings,
                    made_digest=marked.made_digest,
                )
            )
        return tuple(results)

    async def _put(self, key: ObjectKey, content: bytes) -> None:
        async def put() -> None:
            await self.objects.put(key, content)

        await insist(put, ObjectsUnavailable, self.patience.total_seconds())


def _tell_progress(
    report: ProgressReport, event: LoadProgressed | PhaseBegan | StepDone | PreviewMade
) -> None:
    match event:
        case LoadProgressed():
            report.begin("load")
        case PhaseBegan():
            report.begin(event.phase)
        case StepDone():
            report.take_step(event)
        case PreviewMade():
            report.take_preview(event.content)
