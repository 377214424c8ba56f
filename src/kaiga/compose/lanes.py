"""What of all work one process does."""

from collections.abc import Collection
from dataclasses import dataclass

from kaiga.domain.engines import EnginePlan
from kaiga.domain.errors import SettingInvalid


@dataclass(frozen=True, slots=True, kw_only=True)
class Lanes:
    """What is claimed here: by which engines, and for which models; None is for all of them."""

    engines: frozenset[str] | None = None
    models: frozenset[str] | None = None

    def check(self, plan: EnginePlan) -> None:
        """See that all that is named is there.

        Raises:
            SettingInvalid: an engine has no model bound to it, or a model no engine.
        """
        engines = {spec.name for spec in plan.specs}
        _check_known("engine", self.engines or (), engines)
        _check_known(
            "model",
            self.models or (),
            {each.model for name in engines for each in plan.bindings_of(name)},
        )


EVERY_LANE, NO_LANE = Lanes(), Lanes(engines=frozenset())


def _check_known(what: str, named: Collection[str], known: Collection[str]) -> None:
    strange = sorted(set(named) - set(known))
    if strange:
        raise SettingInvalid(
            f"No {what} here is called {', '.join(strange)}. There are: {', '.join(sorted(known))}."
        )
