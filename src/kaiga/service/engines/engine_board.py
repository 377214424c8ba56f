"""Which engine answers which model now: the plan, and how the engines are."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence

from kaiga.domain.engines import EnginePlan, EngineState, Health
from kaiga.domain.tasks import AttemptCause, Task
from kaiga.ports.roster import EngineReport, Member
from kaiga.service.engines.engines_elsewhere import (
    EnginesElsewhere,
    Served,
    gather_engines,
    join_health,
)

_REST_SECONDS = 60.0
"""How long an engine that has failed a model leaves it to the next one."""
_EXPECTED_SECONDS = 30.0
"""How long an engine that nobody runs any more keeps its models: a worker that is started anew must
not have them go to an engine that costs more."""
_NOBODY = Health(state=EngineState.AWAY, message="nobody runs it")
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
    Where others run engines as well, one is away when it is for all of them.
    """

    def __init__(self, plan: EnginePlan, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.plan = plan
        self._monotonic = monotonic
        self._health: dict[str, Health] = {spec.name: Health() for spec in plan.specs}
        self._rests_until: dict[Served, float] = {}
        self._models = {
            spec.name: frozenset(each.model for each in plan.bindings_of(spec.name))
            for spec in plan.specs
        }
        self._is_plain = len(plan.specs) == 1
        self._listeners: list[Callable[[], None]] = []
        self._elsewhere = EnginesElsewhere()
        self._began_at = monotonic()
        self._served_at: dict[Served, float] = {}

    def keep_to(self, engines: Collection[str] | None, models: frozenset[str] | None) -> None:
        """Leave all but these engines and models to others; None is for all of them."""
        self._models = {
            name: bound if models is None else bound & models
            for name, bound in self._models.items()
            if engines is None or name in engines
        }
        self._health = {name: self._health[name] for name in self._models}

    def on_change(self, call: Callable[[], None]) -> None:
        """Have `call` called whenever other engines may answer than before."""
        self._listeners.append(call)

    def list_models(self, engine: str) -> frozenset[str]:
        """Give the models whose tasks are the engine's now, of one that runs here."""
        if self._health[engine].state is EngineState.AWAY:
            return frozenset()
        if self._is_plain:
            return self._models[engine]
        return frozenset(model for model in self._models[engine] if self._is_taken(engine, model))

    def list_health(self) -> Mapping[str, Health]:
        """Give how every engine is, by its name, wherever it runs."""
        return {spec.name: self._find_health(spec.name) for spec in self.plan.specs}

    def list_resting(self, engine: str) -> Sequence[str]:
        """Give the models that the engine leaves to others, because it has failed them."""
        elsewhere = self._elsewhere.able - self._elsewhere.willing
        return sorted(
            {
                *self._list_resting_here(engine),
                *(model for name, model in elsewhere if name == engine),
            }
        )

    def report(self) -> Mapping[str, EngineReport]:
        """Give how the engines are that run here."""
        return {
            name: EngineReport(health=health, resting=tuple(self._list_resting_here(name)))
            for name, health in self._health.items()
        }

    def find_loading(self, model: str) -> float | None:
        """Give how far the model is, from 0 to 1, where its engine makes it ready now."""
        engine = self._choose(model)
        return None if engine is None else self._find_health(engine).loading.get(model)

    def hear(self, others: Sequence[Member]) -> None:
        """Take which engines others run now, and how they find them."""
        before, self._elsewhere = self._elsewhere, gather_engines(self.plan, others)
        self._served_at.update(dict.fromkeys(self._elsewhere.served, self._monotonic()))
        if (before.able, before.willing) != (self._elsewhere.able, self._elsewhere.willing):
            self._tell()

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
        able = [name for name in self.plan.engines_of(model) if self._is_able(name, model)]
        willing = (name for name in able if self._is_willing(name, model))
        return next(willing, able[0] if able else None)

    def _is_taken(self, engine: str, model: str) -> bool:
        """Tell whether this process is to take the model's tasks for an engine that it runs."""
        is_left = self._rests(engine, model) and (engine, model) in self._elsewhere.willing
        return not is_left and self._choose(model) == engine

    def _is_able(self, engine: str, model: str) -> bool:
        return (
            self._is_able_here(engine, model)
            or (engine, model) in self._elsewhere.able
            or self._is_expected(engine, model)
        )

    def _is_willing(self, engine: str, model: str) -> bool:
        return (
            (self._is_able_here(engine, model) and not self._rests(engine, model))
            or (engine, model) in self._elsewhere.willing
            or self._is_expected(engine, model)
        )

    def _is_able_here(self, engine: str, model: str) -> bool:
        return (
            model in self._models.get(engine, ())
            and self._health[engine].state is not EngineState.AWAY
        )

    def _is_expected(self, engine: str, model: str) -> bool:
        """Tell whether nobody runs it now, and it is too early to do without."""
        if model in self._models.get(engine, ()) or (engine, model) in self._elsewhere.served:
            return False
        last = self._served_at.get((engine, model), self._began_at)
        return self._monotonic() < last + _EXPECTED_SECONDS

    def _rests(self, engine: str, model: str) -> bool:
        return self._rests_until.get((engine, model), 0.0) > self._monotonic()

    def _list_resting_here(self, engine: str) -> Sequence[str]:
        rests = [model for name, model in self._rests_until if name == engine]
        return sorted(model for model in rests if self._rests(engine, model))

    def _find_health(self, engine: str) -> Health:
        here = [self._health[engine]] if engine in self._health else []
        found = [*here, *self._elsewhere.health.get(engine, ())]
        if found:
            return join_health(found)
        bound = (each.model for each in self.plan.bindings_of(engine))
        return Health() if any(self._is_expected(engine, model) for model in bound) else _NOBODY

    def _tell(self) -> None:
        for call in self._listeners:
            call()
