"""Tells which adapters an order may name, by what kaiga.toml has for its model."""

from collections.abc import Mapping
from typing import cast

from kaiga.domain.engines import DIFFUSERS, EnginePlan


def list_adapters(plan: EnginePlan, model: str) -> frozenset[str]:
    """Give the ids that every engine of a model knows: whichever makes the task has them."""
    kinds = {spec.name: spec.kind for spec in plan.specs}
    known = [
        frozenset(_read_ids(plan.options_of(model, engine)))
        if kinds[engine] == DIFFUSERS
        else frozenset[str]()
        for engine in plan.engines_of(model)
    ]
    return frozenset[str]().union(*known[:1]).intersection(*known)


def _read_ids(options: Mapping[str, object]) -> Mapping[str, object]:
    """Give the adapters of a model's table; it is checked where its engine is built."""
    adapters = options.get("lora", {})
    return cast("Mapping[str, object]", adapters) if isinstance(adapters, dict) else {}
