"""One run on the upstream: handed over, followed to its end, and its results copied."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from functools import partial

import structlog

from kaiga.domain.catalogue.model import Model, operation_of_name
from kaiga.domain.errors import EngineStopped, EngineUnfit, KaigaError
from kaiga.domain.tasks import Task, TaskStatus
from kaiga.engines.upstream.answers import Answer
from kaiga.engines.upstream.client import ModelStudio
from kaiga.engines.upstream.copying import ResultCopier
from kaiga.engines.upstream.handing_over import HandingOver, Taken
from kaiga.engines.upstream.orders import OrderMaker
from kaiga.engines.upstream.poller import Poller
from kaiga.engines.upstream.refusals import (
    NotSent,
    OrderFailed,
    Refused,
    Unanswered,
    Undecided,
)
from kaiga.engines.upstream.stopping import unless_stopped
from kaiga.ports.engine import AnswerTold, EngineEvent, GenerationJob, JobFailed, PhaseBegan

_log = structlog.get_logger(__name__)
_CANCEL_SECONDS = 5.0
"""What a cancel there may take; the run ends here either way."""
_CANCELED_THERE = "The task was canceled at the upstream service."
_GONE_THERE = (
    "The upstream service no longer knows the task that was handed over to it, so its results "
    "can't be had."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """What the runs of one engine share; `names` has the models' names there."""

    studio: ModelStudio
    hand_over: HandingOver
    orders: OrderMaker
    poller: Poller
    copier: ResultCopier
    find_model: Callable[[str], Model | None]
    names: Mapping[str, str]


class UpstreamTurn:
    """Implements the port's `Turn`."""

    def __init__(self, upstream: Upstream, task: Task, on_left: Callable[[], None]) -> None:
        self._upstream = upstream
        self._task = task
        self._on_left = on_left
        self._stop = asyncio.Event()
        self._is_at_work = False
        self._has_left = False

    async def wait_for_turn(self) -> None:
        """See the port; only so many runs are there as may be."""

    async def generate(self, batch: Sequence[GenerationJob]) -> AsyncGenerator[EngineEvent]:
        """See the port.

        What the upstream says of the whole order it says for every job.
        """
        self._is_at_work = True
        try:
            async with aclosing(self._make(batch)) as events:
                async for event in events:
                    yield event
        except OrderFailed as failed:
            for index in range(len(batch)):
                yield JobFailed(index=index, code=failed.code, message=failed.message)
        finally:
            self._is_at_work = False

    def stop_batch(self) -> bool:
        """See the port."""
        self._stop.set()
        return self._is_at_work

    def leave(self) -> None:
        """See the port."""
        if not self._has_left:
            self._has_left = True
            self._on_left()

    async def _make(self, batch: Sequence[GenerationJob]) -> AsyncGenerator[EngineEvent]:
        upstream, task = self._upstream, self._task
        model = upstream.find_model(task.catalogue_model)
        if model is None:
            raise EngineUnfit(f"The catalogue has no {task.catalogue_model} any more.")
        name = upstream.names[model.name]
        make_order = partial(upstream.orders.make, task, model, name, batch[0].media)
        taken = await upstream.hand_over(task, name, make_order, self._stop)
        ask_again = None
        if isinstance(taken, Taken):
            yield PhaseBegan(phase="queue")
            ask_again = partial(upstream.studio.query, taken.upstream_id)
            answer = Answer(status=TaskStatus.UNKNOWN)
            async with aclosing(self._follow(taken.upstream_id, name)) as answers:
                async for answer in answers:
                    if answer.status is TaskStatus.RUNNING:
                        yield PhaseBegan(phase="generate")
            self._check(answer, taken)
        else:
            answer = taken
        yield AnswerTold(usage=answer.usage, actual_prompt=answer.actual_prompt)
        shape = model.output_at(operation_of_name(task.operation))
        copies = upstream.copier.copy(answer, shape, len(batch), ask_again)
        async with aclosing(copies) as results:
            async for result in results:
                yield result

    async def _follow(self, upstream_id: str, name: str) -> AsyncGenerator[Answer]:
        """Give the answers of a task up to its end, or cancel it where the run is to stop."""
        async with aclosing(self._upstream.poller.follow(upstream_id, name)) as answers:
            while True:
                try:
                    answer = await unless_stopped(self._stop, anext(answers))
                except EngineStopped:
                    await self._cancel(upstream_id)
                    raise
                yield answer
                if answer.has_ended:
                    return

    async def _cancel(self, upstream_id: str) -> None:
        """Cancel a task there if it still waits; one that runs goes on there, and is billed."""
        try:
            async with asyncio.timeout(_CANCEL_SECONDS):
                await self._upstream.studio.cancel(upstream_id)
        except (NotSent, Unanswered, Refused, TimeoutError) as reason:
            _log.warning(
                "a canceled task goes on at the upstream, and is billed there",
                task_id=self._task.id,
                upstream_id=upstream_id,
                reason=str(reason),
            )

    def _check(self, answer: Answer, taken: Taken) -> None:
        """See that a task that has ended there has results, and is the one that was meant.

        Raises:
            OrderFailed: it has none, or is somebody else's.
        """
        if taken.is_found and not self._is_ours(answer.original_prompt):
            raise Undecided
        match answer.status:
            case TaskStatus.SUCCEEDED:
                return
            case TaskStatus.FAILED:
                raise OrderFailed(*answer.error)
            case TaskStatus.CANCELED:
                raise OrderFailed(KaigaError.code, _CANCELED_THERE)
            case _:
                raise OrderFailed(KaigaError.code, _GONE_THERE)

    def _is_ours(self, prompt: str) -> bool:
        """Tell whether a task's prompt may be ours; long ones are cut, and some are never told."""
        own = "" if self._task.generation is None else self._task.generation.prompt.strip()
        return own.startswith(prompt.strip()) or prompt.strip().startswith(own)
