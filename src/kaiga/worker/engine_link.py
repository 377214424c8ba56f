"""How a worker reaches one process in which an engine runs: a child here, an actor elsewhere."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from kaiga.worker.messages import Command, Message

Hear = Callable[[Message], None]
Lose = Callable[[str], None]


class EngineLink(Protocol):
    """The way to one process, from its start to its end.

    Whoever starts one names two calls: `hear` is called with everything that the process says,
    `lose` once, with a reason for the log, when it can say nothing more.
    """

    @property
    def is_lost(self) -> bool:
        """Tell whether nothing more can come."""
        ...

    @property
    def process_id(self) -> int | None:
        """The process's id, on the machine that it runs on, for as long as it runs."""
        ...

    def send(self, command: Command) -> None:
        """Tell the process.

        Raises:
            EngineCrashed: it can't be told any more.
        """
        ...

    def hold_back(self, *, is_full: bool) -> None:
        """Have the process wait while `is_full`: whoever takes what it says is behind."""
        ...

    def kill(self) -> None:
        """End the process by force; nothing that it says is heard any more."""
        ...

    async def stop(self, grace_seconds: float) -> None:
        """End the process: by asking it, then by force."""
        ...


StartLink = Callable[[Hear, Lose], Awaitable[EngineLink]]
"""Starts a process and gives the link to it; raises `EngineCrashed` where it can't be started."""
