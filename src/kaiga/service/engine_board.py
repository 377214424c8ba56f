"""Which engine answers which model now: the plan, and how the engines are."""

import time
from collections.abc import Callable, Mapping, Sequence

from kaiga.domain.engines import EnginePlan, EngineState, Health
from kaiga.domain.tasks import AttemptCause, Task

_REST_SECONDS = 60.0
"""How long an engine that has failed a model leaves it to the next one."""
_FAULTS = frozenset(
    {
        AttemptCause.ENGINE_CRASHED,
        AttemptCause.ENGINE_HUNG,
        AttemptCause.ENGINE_AWAY,
        AttemptCause.ENGINE_UNFIT,
        AttemptCause.ENGINE_OUT_OF_MEMORY,
    }
)
"""Ends of attempts that speak against the engine."""


class EngineBoard:
    """The engines of this server. `monotonic` gives seconds.

    A model is answered by the first of its engines that is not away and has not just failed it.
    The only engine of a model is never passed over for a failure: there is nobody to go to.
    """

    def __init__(self, plan: EnginePlan, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.plan = plan
        self._monotonic = monotonic
        self._health: dict[str, Health] = {spec.name: Health() for spec in plan.specs}
        self._rests_until: dict[tuple[str, str], float] = {}
        self._models = {
            spec.name: frozenset(each.model for each in plan.bindings_of(spec.name))
            for spec in plan.specs
        }
        self._is_plain = len(plan.specs) == 1
        self._listeners: list[Callable[[], None]] = []

    def on_change(self, call: Callable[[], None]) -> None:
        """Have `call` called whenever other engines may answer than before."""
        self._listeners.append(call)

    def list_models(self, engine: str) -> frozenset[str]:
        """Give the models whose tasks are the engine's now."""
        if self._health[engine].state is EngineState.AWAY:
            return frozenset()
        if self._is_plain:
            return self._models[engine]
        return frozenset(model for model in self._models[engine] if self._choose(model) == engine)

    def list_health(self) -> Mapping[str, Health]:
        """Give how every engine is, by its name."""
        return dict(self._health)

    def list_resting(self, engine: str) -> Sequence[str]:
        """Give the models that the engine leaves to others, because it has failed them."""
        now = self._monotonic()
        return sorted(
            model
            for (name, model), until in self._rests_until.items()
            if name == engine and until > now
        )

    def find_loading(self, model: str) -> float | None:
        """Give how far the model is, from 0 to 1, where its engine makes it ready now."""
        engine = self._choose(model)
        return None if engine is None else self._health[engine].loading.get(model)

    def note_health(self, engine: str, health: Health) -> None:
        """Take note of how an engine is."""
        before, self._health[engine] = self._health[engine], health
        if before.state is not health.state:
            self._tell()

    def note_end(self, task: Task, cause: AttemptCause) -> None:
        """Take note of an attempt that did not end its task."""
        if cause in _FAULTS and len(self.plan.engines_of(task.catalogue_model)) > 1:
            until = self._monotonic() + _REST_SECONDS
            self._rests_until[task.engine, task.catalogue_model] = until
            self._tell()

    def _choose(self, model: str) -> str | None:
        """Give the engine of a model now; one that rests is better than none."""
        here = [
            engine
            for engine in self.plan.engines_of(model)
            if self._health[engine].state is not EngineState.AWAY
        ]
        now = self._monotonic()
        awake = (e for e in here if self._rests_until.get((e, model), 0.0) <= now)
        return next(awake, here[0] if here else None)

    def _tell(self) -> None:
        for call in self._listeners:
            call()
