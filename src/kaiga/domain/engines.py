"""Which engine answers which model: what the operator has written, as values."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

import msgspec

SKETCH = "sketch"
"""The embedded engine. It answers every model while no engine is configured, and has its name
without being configured itself."""

MODEL_STUDIO = "model-studio"
"""The kind of an engine that is Model Studio itself, or whatever speaks its API."""
DIFFUSERS = "diffusers"
"""The kind of engine that runs open models on devices of this machine."""
COMPUTING = frozenset({SKETCH, DIFFUSERS})
"""The kinds that compute in processes of their own, here or on a Ray cluster."""

UNBOUND = "none"
"""What is told as the engine of a model that none answers."""


class EngineSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One engine: `kind` is what it is built as, `options` are that kind's own settings.

    `ray` says what a process of it takes of a Ray cluster, where it runs on one.
    """

    name: str
    kind: str
    options: Mapping[str, object] = {}
    ray: Mapping[str, object] = {}


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """The engines that answer one model, the most wanted first.

    `options` has, by engine, what that engine has to know about the model: its weights, its
    workflow, its name at another server.
    """

    model: str
    engines: tuple[str, ...]
    options: Mapping[str, Mapping[str, object]] = {}


class EnginePlan:
    """The engines of a server, and what is bound to each.

    Without any binding, sketch answers every one of `models`; with one, only bound models are
    answered at all.
    """

    def __init__(
        self,
        models: Sequence[str],
        specs: Sequence[EngineSpec] = (),
        bindings: Sequence[Binding] = (),
    ) -> None:
        if not bindings:
            bindings = [Binding(model=model, engines=(SKETCH,)) for model in models]
        self._bindings = {each.model: each for each in bindings}
        named = {spec.name: spec for spec in (EngineSpec(name=SKETCH, kind=SKETCH), *specs)}
        used = {engine for each in bindings for engine in each.engines}
        self.specs = tuple(spec for name, spec in named.items() if name in used)
        """The engines that have something to answer."""
        self.has_choice = any(len(each.engines) > 1 for each in bindings)
        """Whether a model has an engine to fall back to."""

    def engines_of(self, model: str) -> tuple[str, ...]:
        """Give the engines of a model, the most wanted first; none where it is not bound."""
        binding = self._bindings.get(model)
        return binding.engines if binding else ()

    def first_of(self, model: str) -> str:
        """Give the most wanted engine of a model, `UNBOUND` where there is none."""
        return next(iter(self.engines_of(model)), UNBOUND)

    def options_of(self, model: str, engine: str) -> Mapping[str, object]:
        """Give what an engine is told of a model."""
        binding = self._bindings.get(model)
        return binding.options.get(engine, {}) if binding else {}

    def bindings_of(self, engine: str) -> Sequence[Binding]:
        """Give what is bound to an engine."""
        return [each for each in self._bindings.values() if engine in each.engines]


class EngineState(StrEnum):
    """Whether an engine answers."""

    READY = "ready"
    AWAY = "away"
    """It can't be reached, or can't be used; its tasks wait, or go to another engine."""


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How an engine is.

    `message` says what is wrong, for operators. `loaded` are the models that it has at hand, and
    `loading` how far those are that it is making ready, from 0 to 1.
    """

    state: EngineState = EngineState.READY
    message: str = ""
    loaded: tuple[str, ...] = ()
    loading: Mapping[str, float] = {}
