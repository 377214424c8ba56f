"""What a server tells of its queue and its workers, and how fast it goes on."""

from collections import deque
from collections.abc import Mapping

import msgspec

_LOOK_BACK_SECONDS = 60.0
_SECONDS_PER_MINUTE = 60.0


class WorkersStatus(msgspec.Struct, frozen=True):
    """How many tasks may run at once, and how many do."""

    slots: int
    busy: int


class ModelStatus(msgspec.Struct, frozen=True):
    """The queue of one model; `oldest_seconds` is None where nothing waits."""

    model: str
    waiting: int
    running: int
    oldest_seconds: float | None


class QueueStatus(msgspec.Struct, frozen=True):
    """The queue over all accounts."""

    waiting: int
    running: int
    oldest_seconds: float | None
    models: tuple[ModelStatus, ...]


class RunStatus(msgspec.Struct, frozen=True):
    """One attempt under way; `phase` is None where it has not been told."""

    task_id: str
    model: str
    attempt: int
    seconds: float
    phase: str | None = None
    step: int = 0
    steps: int = 0


class MemberStatus(msgspec.Struct, frozen=True):
    """One process of a service of several; `models` are empty for all of its engines'."""

    kind: str
    host: str
    engines: tuple[str, ...]
    models: tuple[str, ...]
    slots: int
    running: int


class ServerStatus(msgspec.Struct, frozen=True):
    """The answer of `/kaiga/v1/status`."""

    version: str
    engine: str
    uptime_seconds: float
    workers: WorkersStatus
    queue: QueueStatus
    running: tuple[RunStatus, ...]
    since_start: Mapping[str, int]
    members: tuple[MemberStatus, ...] = ()


class Rates:
    """How much is counted per minute, over the last minute or as long as was looked on."""

    def __init__(self) -> None:
        self._seen: deque[ServerStatus] = deque()

    def add(self, status: ServerStatus) -> None:
        """Take note of a later status; one of a server that was started anew begins anew."""
        if self._seen and status.uptime_seconds < self._seen[-1].uptime_seconds:
            self._seen.clear()
        self._seen.append(status)
        while status.uptime_seconds - self._seen[0].uptime_seconds > _LOOK_BACK_SECONDS:
            self._seen.popleft()

    def per_minute(self) -> Mapping[str, float] | None:
        """Give the rates by what is counted; None before two looks."""
        if not self._seen:
            return None
        first, last = self._seen[0], self._seen[-1]
        minutes = (last.uptime_seconds - first.uptime_seconds) / _SECONDS_PER_MINUTE
        if minutes <= 0:
            return None
        return {
            name: (number - first.since_start.get(name, 0)) / minutes
            for name, number in last.since_start.items()
        }
