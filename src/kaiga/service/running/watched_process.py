"""An engine process that is watched while it makes one task's batch."""

import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractContextManager, ExitStack, aclosing

from kaiga.ports.engine import EngineEvent, GenerationJob, MadeFile, ResultMade, StepDone
from kaiga.ports.engine_process import EngineProcess
from kaiga.ports.meter import Meter
from kaiga.ports.tracer import Facts, Span

_PIXELS_PER_MEGAPIXEL = 1_000_000

BeginPhase = Callable[[str, Facts], AbstractContextManager[Span]]


class WatchedProcess:
    """Implements `EngineProcess` by another one; counts and traces what that does.

    `model` is the catalogue's name of the model. `phase` holds the span of the phase that the
    attempt is in; the engine's begin and end end it and begin the next. While whoever listens
    deals with an event, such as by storing a result, the engine's time does not count.
    """

    def __init__(
        self,
        process: EngineProcess,
        *,
        model: str,
        engine: str,
        meter: Meter,
        begin_phase: BeginPhase,
        phase: ExitStack,
    ) -> None:
        self._process = process
        self._model = model
        self._engine = engine
        self._meter = meter
        self._begin_phase = begin_phase
        self._phase = phase
        self._heard_at = 0.0

    async def wait_for_turn(self) -> None:
        """See the port; a wait is no engine's time."""
        await self._process.wait_for_turn()

    async def generate(self, batch: Sequence[GenerationJob]) -> AsyncGenerator[EngineEvent]:
        """See the port."""
        self._phase.close()
        self._heard_at = time.monotonic()
        events = self._process.generate(batch)
        async with aclosing(events):
            with self._begin_phase("generate", {"kaiga.jobs": len(batch)}):
                while (event := await self._hear(events)) is not None:
                    if isinstance(event, ResultMade):
                        with self._begin_phase("store", {"kaiga.job": event.index}):
                            yield event
                    else:
                        yield event
        self._phase.enter_context(self._begin_phase("finish", {}))

    def stop_batch(self) -> bool:
        """See the port."""
        return self._process.stop_batch()

    async def _hear(self, events: AsyncGenerator[EngineEvent]) -> EngineEvent | None:
        """Give the next event, None at the end; the wait for it is the engine's time."""
        asked_at = time.monotonic()
        try:
            event = await anext(events, None)
        finally:
            self._meter.count_busy(self._model, self._engine, time.monotonic() - asked_at)
        now = time.monotonic()
        match event:
            case StepDone():
                self._meter.time_step(self._model, self._engine, now - self._heard_at)
            case ResultMade():
                for file in event.files:
                    self._count_file(file)
            case _:
                pass
        self._heard_at = now
        return event

    def _count_file(self, file: MadeFile) -> None:
        if file.part:  # beside a result, not one
            return
        pixels = 0 if file.duration_seconds else file.width_pixels * file.height_pixels
        self._meter.count_made(self._model, pixels / _PIXELS_PER_MEGAPIXEL, file.duration_seconds)
