"""Tells of an ended task all that somebody needs who wants to make the same again."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from kaiga.domain.errors import ObjectMissing, ResultGone, TaskUnfinished
from kaiga.domain.generation import seed_of_result
from kaiga.domain.ids import ObjectKey
from kaiga.domain.keys import Caller
from kaiga.domain.tasks import Attempt, Result, StoredInput, StoredResult, Task
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.task_store import TaskStore
from kaiga.service.links.drawn_results import HaveDrawn
from kaiga.service.reading.inspect_task import InspectTask

_PART_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedResult:
    """One result with the seed that made it, and the SHA-256 of its file as it is published.

    The digest is 64 hex digits, and None where there is no file, or none any more.
    """

    result: Result
    seed: int | None
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedInput:
    """A medium that came inside the request, and its SHA-256 as 64 hex digits."""

    stored: StoredInput
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """How a task's results came about; `attempt` is the one that ended it."""

    task: Task
    attempt: Attempt | None
    inputs: Sequence[TracedInput]
    results: Sequence[TracedResult]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowManifest:
    """The use case. Files are read for their digests, so that no task pays for what few ask."""

    store: TaskStore
    objects: ObjectStore
    inspect_task: InspectTask
    have_drawn: HaveDrawn

    async def __call__(self, caller: Caller, task_id: str) -> Manifest:
        """Give the manifest of a task that the caller may read.

        Raises:
            TaskUnknown: it is not there for this caller.
            TaskUnfinished: it has not ended.
            TryLater: a store did not answer, or a result can't be drawn now.
        """
        task = await self.inspect_task(caller, task_id)
        if not task.status.is_final:
            raise TaskUnfinished("Only a task that has ended has a manifest.")
        request = await self.store.find_request(task.id)
        attempts = await self.store.list_attempts(task.id)
        return Manifest(
            task=task,
            attempt=attempts[-1] if attempts else None,
            inputs=[await self._trace_input(each) for each in request.inputs] if request else (),
            results=await self._trace_results(task),
        )

    async def _trace_input(self, stored: StoredInput) -> TracedInput:
        return TracedInput(
            stored=stored, digest=await self._digest(stored.object_key, stored.size_bytes)
        )

    async def _trace_results(self, task: Task) -> Sequence[TracedResult]:
        """Trace them in their order; a file beside a result was made by that one's seed."""
        traced: list[TracedResult] = []
        index = -1
        for result in task.results:
            is_beside = isinstance(result, StoredResult) and bool(result.part)
            index += not is_beside
            seed = seed_of_result(task.generation, max(0, index)) if task.generation else None
            traced.append(await self._trace_result(task, result, seed))
        return traced

    async def _trace_result(self, task: Task, result: Result, seed: int | None) -> TracedResult:
        if not isinstance(result, StoredResult):
            return TracedResult(result=result, seed=seed, digest=None)
        try:
            drawn = await self.have_drawn(task, result)
        except ResultGone:
            return TracedResult(result=result, seed=seed, digest=None)
        digest = await self._digest(drawn.object_key, drawn.size_bytes)
        return TracedResult(result=drawn, seed=seed, digest=digest)

    async def _digest(self, key: ObjectKey, size_bytes: int) -> str | None:
        """Read an object part by part; None where it is gone."""
        digest = hashlib.sha256()
        try:
            for start in range(0, size_bytes, _PART_BYTES):
                length = min(_PART_BYTES, size_bytes - start)
                part = await self.objects.read_range(key, start, length)
                await asyncio.to_thread(digest.update, part)
        except ObjectMissing:
            return None
        return digest.hexdigest()
