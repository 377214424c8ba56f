"""A pool whose processes may come and go while it works."""

from typing import Protocol

from kaiga.ports.engine_pool import EnginePool
from kaiga.worker.linked_engine_process import LinkedEngineProcess


class GrowingPool(EnginePool, Protocol):
    """An `EnginePool` over processes that somebody else starts."""

    def add(self, process: LinkedEngineProcess) -> None:
        """Have one more process, which runs."""
        ...

    def take_out(self, process: LinkedEngineProcess) -> bool:
        """Use a process no more; gives False, and changes nothing, while it has work."""
        ...

    def is_free(self, process: LinkedEngineProcess) -> bool:
        """Tell whether a process has nothing to do."""
        ...
