"""An engine as a worker sees it: a pool of what runs can be given, and what it can do."""

from collections.abc import Callable
from typing import Protocol

from kaiga.domain.engines import Health
from kaiga.domain.tasks import Claim
from kaiga.ports.engine import Capabilities
from kaiga.ports.engine_process import EngineProcess


class Turn(EngineProcess, Protocol):
    """What one run makes its batch with; it takes room in the pool until it has left."""

    def leave(self) -> None:
        """Need the engine no more; does nothing the second time."""
        ...


class EnginePool(Protocol):
    """One engine and the runs on it, in one loop."""

    @property
    def capabilities(self) -> Capabilities:
        """What the engine can do."""
        ...

    @property
    def has_idle(self) -> bool:
        """Tell whether a part of the engine has nothing to do, nor will have."""
        ...

    def count_room(self) -> int:
        """Tell how many more runs may begin."""
        ...

    def count_most_turns(self) -> int:
        """Tell how many runs may be there at the same time."""
        ...

    def on_left(self, call: Callable[[], None]) -> None:
        """Have `call` called whenever a run has left, and whenever a model has become ready."""
        ...

    async def choose_models(self, models: frozenset[str]) -> frozenset[str]:
        """Give those of `models` whose tasks could begin at once.

        Where others wait for an engine that has yet to load them, that begins too; it does not
        keep the caller waiting.
        """
        ...

    def begin_turn(self, claim: Claim) -> Turn:
        """Have a run begin."""
        ...

    async def check_health(self) -> Health:
        """Tell how the engine is; asks it where it has to, and never raises."""
        ...

    async def stop(self) -> None:
        """End every process of the engine, and every connection to it."""
        ...
