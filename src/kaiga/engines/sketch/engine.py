"""The sketch engine as the port sees it: makers by task, at a pace if one is wanted."""

import time
from collections.abc import Generator, Iterator, Sequence

from kaiga import __version__
from kaiga.engines.sketch.capabilities import CAPABILITIES
from kaiga.engines.sketch.makers import MAKERS
from kaiga.engines.sketch.making import Made, Refused
from kaiga.ports.engine import (
    Capabilities,
    EngineEvent,
    Estimate,
    GenerationJob,
    JobFailed,
    LoadProgressed,
    PhaseBegan,
    ResultMade,
    StepDone,
)

NAME = "sketch"
_STEPS = 20


class SketchEngine:
    """Implements `Engine`. With `pace_seconds` above 0, a batch takes longer by that, in steps."""

    def __init__(self, pace_seconds: float) -> None:
        self._pace_seconds = pace_seconds

    @property
    def name(self) -> str:
        """See the port."""
        return NAME

    @property
    def capabilities(self) -> Capabilities:
        """See the port."""
        return CAPABILITIES

    def estimate(self, batch: Sequence[GenerationJob]) -> Estimate:
        """See the port; only the pretended part is known."""
        return Estimate(seconds=self._pace_seconds if batch else 0.0)

    def load(self, model: str) -> Iterator[LoadProgressed]:  # noqa: ARG002  every one is loaded
        """See the port; there are no weights, so every model is loaded."""
        return iter(())

    def unload(self, model: str) -> None:
        """See the port; there is nothing to give up."""

    def list_loaded(self) -> Sequence[str]:
        """See the port; nothing is held for any model."""
        return ()

    def generate(self, batch: Sequence[GenerationJob]) -> Generator[EngineEvent]:
        """See the port."""
        yield PhaseBegan(phase="generate")
        for index, job in enumerate(batch):
            if self._pace_seconds <= 0:
                yield from _make(index, job)
            else:
                yield from self._pretend_steps(index, len(batch))
                yield from map(_count_after_pretended, _make(index, job))

    def _pretend_steps(self, index: int, batch_size: int) -> Iterator[EngineEvent]:
        for step in range(1, _STEPS + 1):
            time.sleep(self._pace_seconds / batch_size / _STEPS)
            yield StepDone(index=index, step=step, steps=2 * _STEPS)


def _count_after_pretended(event: EngineEvent) -> EngineEvent:
    """Have the steps of the making go on where the pretended ones end, and count as many."""
    if not isinstance(event, StepDone):
        return event
    made = event.step * _STEPS // event.steps
    return StepDone(index=event.index, step=_STEPS + made, steps=2 * _STEPS)


def _make(index: int, job: GenerationJob) -> Iterator[EngineEvent]:
    making = MAKERS[job.task](job)
    try:
        while True:
            step = next(making)
            yield StepDone(index=index, step=step.step, steps=step.steps)
    except StopIteration as end:
        made: Made = end.value
        yield ResultMade(
            index=index, files=made.files, findings=made.findings, made_by={"version": __version__}
        )
    except Refused as refusal:
        yield JobFailed(index=index, code=refusal.code, message=refusal.message)
