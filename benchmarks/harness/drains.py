"""How fast tasks that wait are worked off, where each is nothing to do.

The tasks come to wait while no worker runs; the time counts from the end of the first task to the
end of the last, so the start of the workers is outside of it.
"""

import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import msgspec

from harness.contestants import Contestant, make_null_body
from harness.kaiga_server import NULL_SETTINGS, kaiga_server, make_null_command
from harness.peers import QueueNotDrained
from harness.processes import wait_until

WORKERS = 2
LONGEST_SECONDS = 300.0
PAUSE_SECONDS = 0.5
"""Between two counts: they take a server's time, and the ends are read afterwards anyway."""


class Drain(msgspec.Struct, frozen=True, kw_only=True):
    """One queue worked off: `seconds` from the end of the first task to that of the last."""

    name: str
    tasks: int
    seconds: float

    @property
    def rate(self) -> float:
        """Tasks per second."""
        return (self.tasks - 1) / self.seconds


class PeerToDrain(Contestant, Protocol):
    """A peer whose workers start when they are told to."""

    def start_workers(self) -> None:
        """Start them."""
        ...


def drain_kaiga(name: str, python: str, tasks: int) -> Drain:
    """Have tasks wait at a Kaiga without engines, then serve the same folder with two.

    Raises:
        QueueNotDrained: it took too long.
    """
    with tempfile.TemporaryDirectory(prefix="kaiga-bench-", ignore_cleanup_errors=True) as folder:
        data, command = Path(folder) / "data", make_null_command(python)
        with kaiga_server(
            name, workers=0, command=command, data=data, further_settings=NULL_SETTINGS
        ) as server:
            _fill(server, tasks)
        with kaiga_server(
            name, workers=WORKERS, command=command, data=data, further_settings=NULL_SETTINGS
        ) as server:
            return _wait_until_drained(server, tasks)


def drain_peer(peer: AbstractContextManager[PeerToDrain], tasks: int) -> Drain:
    """Have tasks wait at a peer without workers, then start them.

    Raises:
        QueueNotDrained: it took too long.
    """
    with peer as server:
        _fill(server, tasks)
        server.start_workers()
        return _wait_until_drained(server, tasks)


def make_drain(name: str, end_times: Sequence[float]) -> Drain:
    """Sum up the ends of at least two tasks, in seconds."""
    return Drain(name=name, tasks=len(end_times), seconds=max(end_times) - min(end_times))


def _fill(server: Contestant, tasks: int) -> None:
    for _ in range(tasks):
        server.client.create(make_null_body())


def _wait_until_drained(server: Contestant, tasks: int) -> Drain:
    is_drained = wait_until(
        lambda: server.count_painted() >= tasks,
        timeout_seconds=LONGEST_SECONDS,
        pause_seconds=PAUSE_SECONDS,
    )
    if not is_drained:
        raise QueueNotDrained(f"{server.name}: tasks still wait after {LONGEST_SECONDS:g} s")
    return make_drain(server.name, server.list_end_times())
