"""Watches every attempt that runs here: for logs, for traces, for numbers, and for who looks."""

import time
from collections.abc import Awaitable, Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import cast

import msgspec
from structlog.contextvars import bind_contextvars

from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import Claim, Task
from kaiga.ports.engine_process import EngineProcess
from kaiga.ports.meter import Meter
from kaiga.ports.tracer import Tracer
from kaiga.service.recent import Recent
from kaiga.service.running.watched_process import WatchedProcess

_LONGEST_CHOICE = 20
"""Of a word that an option can have, such as `1280*720` or `image_reference`."""
Run = Callable[[Claim, EngineProcess], Awaitable[None]]
TraceParents = Recent[TaskId, str]
"""The `traceparent` under which each task was submitted; a restart forgets them."""


class RunUnderWay(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt that runs here; `seconds` since it began."""

    task: Task
    seconds: float


class RunsUnderWay:
    """The attempts that run here."""

    def __init__(self) -> None:
        self._runs: dict[TaskId, tuple[Task, float]] = {}

    @contextmanager
    def hold(self, task: Task) -> Generator[None]:
        """Have `task` listed within the context."""
        self._runs[task.id] = (task, time.monotonic())
        try:
            yield
        finally:
            self._runs.pop(task.id, None)

    def __call__(self) -> Sequence[RunUnderWay]:
        """Give them, the longest first."""
        now = time.monotonic()
        return [
            RunUnderWay(task=task, seconds=now - began_at) for task, began_at in self._runs.values()
        ]


class WatchRuns:
    """Runs claimed tasks by `run`."""

    def __init__(
        self,
        run: Run,
        *,
        under_way: RunsUnderWay,
        meter: Meter,
        tracer: Tracer,
        trace_parents: TraceParents,
    ) -> None:
        self._run = run
        self._under_way = under_way
        self._meter = meter
        self._tracer = tracer
        self._trace_parents = trace_parents

    async def __call__(self, claim: Claim, process: EngineProcess) -> None:
        """Run a claimed task; see `RunTask`.

        What is logged by this task of the loop names the run from here on, and after it.
        """
        task = claim.task
        bind_contextvars(
            task_id=task.id,
            request_id=task.request_id,
            attempt=task.attempt,
            unspeakable=list_words(task),
        )
        with self._under_way.hold(task):
            await self._run_traced(claim, process)

    async def _run_traced(self, claim: Claim, process: EngineProcess) -> None:
        task = claim.task
        facts = {
            "kaiga.task_id": task.id,
            "kaiga.request_id": task.request_id,
            "kaiga.model": task.catalogue_model,
            "kaiga.engine": task.engine,
            "kaiga.attempt": task.attempt,
        }
        parent = self._trace_parents.find(task.id, "")
        with self._tracer.begin("claim", facts, parent=parent) as attempt, ExitStack() as phase:
            ids = {"kaiga.task_id": task.id, "kaiga.request_id": task.request_id}
            watched = WatchedProcess(
                process,
                model=task.catalogue_model,
                engine=task.engine,
                meter=self._meter,
                begin_phase=lambda name, told: self._tracer.begin(
                    name, {**ids, **told}, parent=attempt.trace_parent
                ),
                phase=phase,
            )
            phase.enter_context(self._tracer.begin("inputs", ids, parent=attempt.trace_parent))
            await self._run(claim, watched)


def list_words(task: Task) -> Sequence[str]:
    """Give the words of the order that no log may show, whatever error quotes them."""
    generation = task.generation
    if generation is None:
        return ()
    texts = (generation.prompt, generation.negative_prompt, *_list_texts(generation.options))
    return [text for text in texts if text]


def _list_texts(value: object) -> Sequence[str]:
    """Give the texts in options, but for those so short that they are names of choices."""
    match value:
        case str():
            return [value] if len(value) > _LONGEST_CHOICE else []
        case Mapping():
            inner = list(cast("Mapping[str, object]", value).values())
        case list() | tuple():
            inner = list(cast("Sequence[object]", value))
        case _:
            return []
    return [text for each in inner for text in _list_texts(each)]
