"""Which engines other processes of the same store run, and how these find them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from msgspec.structs import replace

from kaiga.domain.engines import EnginePlan, EngineState, Health
from kaiga.ports.roster import Member

Served: TypeAlias = tuple[str, str]
"""An engine, and a model that it answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginesElsewhere:
    """What others run.

    Of what is `served` at all, `able` is that whose engine is not away for everyone, and `willing`
    that which not everyone has just failed with it. `health` has each engine as each finds it.
    """

    served: frozenset[Served] = frozenset()
    able: frozenset[Served] = frozenset()
    willing: frozenset[Served] = frozenset()
    health: Mapping[str, Sequence[Health]] = field(default_factory=dict[str, Sequence[Health]])


def gather_engines(plan: EnginePlan, others: Sequence[Member]) -> EnginesElsewhere:
    """Put together what `others` tell of the engines that they run."""
    served: set[Served] = set()
    able: set[Served] = set()
    willing: set[Served] = set()
    health: dict[str, list[Health]] = {}
    for member in others:
        for name, report in member.engines.items():
            bound = {each.model for each in plan.bindings_of(name)}
            own = {(name, model) for model in bound.intersection(member.models or bound)}
            served |= own
            health.setdefault(name, []).append(_sign(report.health, member.host))
            if report.health.state is not EngineState.AWAY:
                able |= own
                willing |= own - {(name, model) for model in report.resting}
    return EnginesElsewhere(
        served=frozenset(served), able=frozenset(able), willing=frozenset(willing), health=health
    )


def join_health(found: Sequence[Health]) -> Health:
    """Tell how an engine is that several run: ready where it is for one of them."""
    loading: dict[str, float] = {}
    for each in found:
        for model, part in each.loading.items():
            loading[model] = max(part, loading.get(model, 0.0))
    is_ready = any(each.state is EngineState.READY for each in found)
    return Health(
        state=EngineState.READY if is_ready else EngineState.AWAY,
        message=next((each.message for each in found if each.message), ""),
        loaded=tuple(sorted({model for each in found for model in each.loaded})),
        loading=loading,
    )


def _sign(health: Health, host: str) -> Health:
    """Say in the message whose engine it is about."""
    return replace(health, message=f"{host}: {health.message}") if health.message else health
