"""Makes the results of an emulator: in their own time, and drawn when they are fetched."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from kaiga.domain.emulation.fates import USUAL_FATE, TaskFate
from kaiga.domain.errors import ObjectsUnavailable
from kaiga.domain.ids import ObjectKey
from kaiga.domain.media import MP4, PNG
from kaiga.domain.tasks import Failure, Result, StoredResult, Task, result_object_key
from kaiga.ports.engine import GenerationJob, MadeFile
from kaiga.ports.engine_process import EngineProcess
from kaiga.ports.object_store import ObjectStore
from kaiga.service.emulation.packed_jobs import has_small_inputs, pack_job, postponed_key
from kaiga.service.emulation.schedule import Schedule
from kaiga.service.running.insisting import insist
from kaiga.service.running.make_results import Gathered, MakeResults
from kaiga.service.running.progress_report import ProgressReport

_PICTURES = frozenset({"text-to-image", "image-edit"})
_CLIPS = frozenset({"text-to-video", "image-to-video", "any-to-video"})
"""Tasks whose engine gives one file of the size asked for, whatever the inputs show. The others
may be refused for what is in them, or find something out, or take their size from them."""
_OPTION_THAT_FINDS = "enable_interleave"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostponeResults:
    """Stands in for `MakeResults`: what can be drawn later is packed, what can't is made now."""

    schedule: Schedule
    objects: ObjectStore
    make_results: MakeResults
    patience: timedelta
    """For an object store that takes nothing; see `MakeResults`."""

    async def __call__(
        self,
        task: Task,
        jobs: Sequence[GenerationJob],
        process: EngineProcess,
        report: ProgressReport,
    ) -> Gathered:
        """Give the results of `jobs` once the task is to end; for a stuck one that never comes.

        Raises:
            EngineCrashed, EngineHung, EngineStopped, ObjectsUnavailable: see `MakeResults`.
        """
        course = self.schedule.find_course(task.id)
        failures = _list_failures(USUAL_FATE if course is None else course.fate, len(jobs))
        left = [index for index in range(len(jobs)) if index not in failures]
        gathered = Gathered({}, {})
        if left and not (course and course.is_stuck):
            gathered = await self._make(task, [jobs[index] for index in left], process, report)
        await self.schedule.wait_for_end(task.id)
        results: dict[int, tuple[Result, ...]] = {
            left[place]: result for place, result in gathered.results.items()
        }
        results |= {index: (failure,) for index, failure in failures.items()}
        files = {left[place]: file for place, file in gathered.files.items()}
        return Gathered(results, files, gathered.told, gathered.made_by)

    async def _make(
        self,
        task: Task,
        jobs: Sequence[GenerationJob],
        process: EngineProcess,
        report: ProgressReport,
    ) -> Gathered:
        if not _can_be_postponed(jobs[0]):
            return await self.make_results(task, jobs, process, report)
        gathered = Gathered({}, {})
        for position, job in enumerate(jobs):
            packed = await asyncio.to_thread(pack_job, job)
            key = postponed_key(result_object_key(task, position))
            await self._put(key, packed)
            media = MP4 if job.task in _CLIPS else PNG
            stored = StoredResult(object_key=key, media_type=media.name, size_bytes=len(packed))
            gathered.results[position] = (stored,)
            gathered.files[position] = _foretell(job)
            report.take_end(position)
        return gathered

    async def _put(self, key: ObjectKey, content: bytes) -> None:
        async def put() -> None:
            await self.objects.put(key, content)

        await insist(put, ObjectsUnavailable, self.patience.total_seconds())


def _list_failures(fate: TaskFate, count: int) -> Mapping[int, Failure]:
    """Give the failures that a fate has for results, by their index."""
    if fate.failure is not None:
        return dict.fromkeys(range(count), fate.failure)
    return {index: failure for index, failure in fate.failed_results.items() if index < count}


def _can_be_postponed(job: GenerationJob) -> bool:
    """Tell whether all that is told of a job's result is known before it is made."""
    if not job.width_pixels or not job.height_pixels or job.options.get(_OPTION_THAT_FINDS):
        return False
    if job.task in _CLIPS and not job.duration_seconds:
        return False
    return job.task in _PICTURES | _CLIPS and has_small_inputs(job)


def _foretell(job: GenerationJob) -> MadeFile:
    """Give the measures of a job's file; the sides of a clip are even."""
    odd = (job.width_pixels % 2, job.height_pixels % 2) if job.task in _CLIPS else (0, 0)
    return MadeFile(
        content=b"",
        width_pixels=job.width_pixels + odd[0],
        height_pixels=job.height_pixels + odd[1],
        duration_seconds=job.duration_seconds,
        frames_per_second=job.frames_per_second,
    )
