"""The sketch engine as the port sees it: a painter with the pace of a real model, if wanted."""

import time
from collections.abc import Iterator, Sequence

from kaiga.engines.sketch.painter import PictureOrder, paint
from kaiga.ports.engine import EngineEvent, GenerationJob, PhaseBegan, ResultMade, StepDone

NAME = "sketch"
_STEPS = 20


class SketchEngine:
    """Implements `Engine`. With `pace_seconds` above 0, a batch takes that long, in steps."""

    def __init__(self, pace_seconds: float) -> None:
        self._pace_seconds = pace_seconds

    @property
    def name(self) -> str:
        """See the port."""
        return NAME

    def load(self, model: str) -> None:
        """See the port; there are no weights, so every model is loaded."""

    def generate(self, batch: Sequence[GenerationJob]) -> Iterator[EngineEvent]:
        """See the port."""
        yield PhaseBegan(phase="generate")
        for index, job in enumerate(batch):
            yield from self._pretend_steps(index, len(batch))
            yield ResultMade(index=index, content=paint(_order_of(job)))

    def _pretend_steps(self, index: int, batch_size: int) -> Iterator[EngineEvent]:
        if self._pace_seconds <= 0:
            return
        for step in range(1, _STEPS + 1):
            time.sleep(self._pace_seconds / batch_size / _STEPS)
            yield StepDone(index=index, step=step, steps=_STEPS)


def _order_of(job: GenerationJob) -> PictureOrder:
    return PictureOrder(
        prompt=job.prompt,
        negative_prompt=job.negative_prompt,
        width_pixels=job.width_pixels,
        height_pixels=job.height_pixels,
        seed=job.seed,
        watermark=job.watermark,
    )
