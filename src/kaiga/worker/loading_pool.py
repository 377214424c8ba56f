"""The processes of an engine that loads models before it makes anything.

A model is loaded on purpose, before its tasks are claimed: they are PENDING for as long, and may
still be canceled, or go to another engine. Tasks of a model that is loaded come first, but no
model waits for longer than a bound before it is loaded in their place.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

import structlog

from kaiga.domain.engines import Health
from kaiga.domain.errors import EngineCrashed, EngineHung, EngineUnfit, StoreUnavailable
from kaiga.domain.tasks import Claim
from kaiga.ports.engine import Capabilities, EngineEvent, GenerationJob, LoadProgressed
from kaiga.ports.task_store import ModelQueue
from kaiga.worker.linked_engine_process import LinkedEngineProcess

_log = structlog.get_logger(__name__)
_NONE: frozenset[str] = frozenset()
_PATIENCE_SECONDS = 30.0
"""How long tasks of loaded models go before those of one that has yet to be loaded."""


def _tell_nobody() -> None:
    """Stand for no listener."""


@dataclass(slots=True, eq=False)
class _Place:
    """One process: what it does now, and how far the model is that it loads."""

    child: LinkedEngineProcess
    is_busy: bool = False
    loading: str = ""
    part: float = 0.0
    used_at: float = field(default_factory=time.monotonic)

    @property
    def is_free(self) -> bool:
        """Tell whether it can take a run, or load."""
        return not self.is_busy and not self.loading


class LoadingTurn:
    """Implements the port's `Turn` by a place that is the run's alone from the start."""

    def __init__(self, pool: "LoadingPool", place: _Place) -> None:
        self._pool = pool
        self._place = place
        self._has_left = False

    async def wait_for_turn(self) -> None:
        """See the port; a run begins only where a process is free."""

    async def generate(self, batch: Sequence[GenerationJob]) -> AsyncGenerator[EngineEvent]:
        """See the port."""
        async with aclosing(self._place.child.generate(batch)) as events:
            async for event in events:
                yield event

    def stop_batch(self) -> bool:
        """See the port."""
        return self._place.child.stop_batch()

    def leave(self) -> None:
        """See the port."""
        if not self._has_left:
            self._has_left = True
            self._pool.take_back(self._place)


class LoadingPool:
    """Implements `EnginePool` and `GrowingPool`: one run per process, on models loaded for it.

    `count_queues` gives how many tasks of each model wait; `patience_seconds` is how long those of
    loaded models go first.
    """

    def __init__(
        self,
        children: Sequence[LinkedEngineProcess],
        capabilities: Capabilities,
        count_queues: Callable[[], Awaitable[Sequence[ModelQueue]]],
        patience_seconds: float = _PATIENCE_SECONDS,
    ) -> None:
        self.capabilities = capabilities
        """See the port."""
        self._places = [_Place(child) for child in children]
        self._count_queues = count_queues
        self._patience_seconds = patience_seconds
        self._wanted_since: dict[str, float] = {}
        self._failed: set[str] = set()
        """Models whose load has failed: their tasks are claimed all the same, so that attempts
        count, and end."""
        self._loads: set[asyncio.Task[None]] = set()
        self._tell_left: Callable[[], None] = _tell_nobody

    @property
    def has_idle(self) -> bool:
        """See the port."""
        return any(place.is_free for place in self._places)

    def count_room(self) -> int:
        """See the port."""
        return sum(place.is_free for place in self._places)

    def count_most_turns(self) -> int:
        """See the port: one per process."""
        return len(self._places)

    def on_left(self, call: Callable[[], None]) -> None:
        """See the port."""
        self._tell_left = call

    async def choose_models(self, models: frozenset[str]) -> frozenset[str]:
        """See the port; asks the store which models have tasks that wait."""
        try:
            queues = await self._count_queues()
        except StoreUnavailable:
            return _NONE
        waiting = {queue.model for queue in queues if queue.waiting} & models
        now = time.monotonic()
        at_hand = self._list_at_hand() | self._failed
        loading = {place.loading for place in self._places if place.loading}
        strange = waiting - at_hand - loading
        self._wanted_since = {each: self._wanted_since.get(each, now) for each in strange}
        for model in sorted(strange, key=lambda each: self._wanted_since[each]):
            place = self._find_place(model, waiting, now)
            if place is not None:
                self._begin_load(place, model)
        return (
            frozenset(waiting & (self._list_at_hand() | self._failed)) if self.has_idle else _NONE
        )

    def begin_turn(self, claim: Claim) -> LoadingTurn:
        """See the port; the process that has the claim's model at hand makes it."""
        model = claim.task.catalogue_model
        free = [place for place in self._places if place.is_free]
        place = min(free, key=lambda each: (model not in each.child.loaded, each.used_at))
        place.is_busy = True
        return LoadingTurn(self, place)

    def add(self, process: LinkedEngineProcess) -> None:
        """See `GrowingPool`."""
        self._places.append(_Place(process))
        self._tell_left()

    def take_out(self, process: LinkedEngineProcess) -> bool:
        """See `GrowingPool`."""
        if not self.is_free(process):
            return False
        self._places = [each for each in self._places if each.child is not process]
        return True

    def is_free(self, process: LinkedEngineProcess) -> bool:
        """See `GrowingPool`; one that loads is not."""
        return any(each.child is process and each.is_free for each in self._places)

    def take_back(self, place: _Place) -> None:
        """Have a process that a run has left."""
        place.is_busy = False
        place.used_at = time.monotonic()
        self._failed -= set(place.child.loaded)
        self._tell_left()

    async def check_health(self) -> Health:
        """See the port; a process that has died is started again, so it is never away."""
        return Health(
            loaded=tuple(
                dict.fromkeys(name for each in self._places for name in each.child.loaded)
            ),
            loading={place.loading: place.part for place in self._places if place.loading},
            message=f"can't be loaded: {', '.join(sorted(self._failed))}" if self._failed else "",
        )

    async def stop(self) -> None:
        """See the port."""
        for load in self._loads:
            load.cancel()
        await asyncio.gather(*self._loads, return_exceptions=True)
        for place in self._places:
            await place.child.stop()

    def _list_at_hand(self) -> set[str]:
        return {name for place in self._places if place.is_free for name in place.child.loaded}

    def _find_place(self, model: str, waiting: set[str], now: float) -> _Place | None:
        """Give where to load a model now: where nobody waits for what is loaded, at first."""
        free = [place for place in self._places if place.is_free]
        unwanted = [place for place in free if not waiting & set(place.child.loaded)]
        if now - self._wanted_since[model] >= self._patience_seconds:
            unwanted = unwanted or free
        return min(unwanted, key=lambda each: each.used_at, default=None)

    def _begin_load(self, place: _Place, model: str) -> None:
        place.loading, place.part = model, 0.0
        load = asyncio.get_running_loop().create_task(self._load(place, model))
        self._loads.add(load)
        load.add_done_callback(self._loads.discard)

    async def _load(self, place: _Place, model: str) -> None:
        try:
            async with aclosing(place.child.load(model)) as events:
                async for event in events:
                    if isinstance(event, LoadProgressed):
                        place.part = event.part
        except (EngineUnfit, EngineCrashed, EngineHung) as error:
            self._failed.add(model)
            _log.warning("a model could not be loaded", model=model, reason=str(error))
        finally:
            place.loading = ""
            place.used_at = time.monotonic()
            self._tell_left()
