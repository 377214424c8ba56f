"""A server that makes media, as a pool has its jobs made there."""

from collections.abc import AsyncGenerator
from typing import Protocol

from kaiga.ports.engine import Capabilities, EngineEvent, GenerationJob


class RemoteServer(Protocol):
    """One kind of server, over HTTP."""

    @property
    def capabilities(self) -> Capabilities:
        """What it can do."""
        ...

    def make(self, index: int, job: GenerationJob) -> AsyncGenerator[EngineEvent]:
        """Have one job made; the last event is its `ResultMade`, with files yet to be measured.

        Closing the generator leaves the job: the server is told, where it can be.

        Raises:
            JobRefused: the server will not make it.
            EngineAway, EngineUnfit, EngineCrashed, EngineHung: see `EngineProcess`.
        """
        ...

    async def look(self) -> None:
        """Return once the server has shown that it is there.

        Raises:
            EngineAway, EngineUnfit, EngineCrashed: it is not, or not for us.
        """
        ...

    async def close(self) -> None:
        """Close every connection."""
        ...
