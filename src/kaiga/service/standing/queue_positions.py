"""How many tasks wait before another: read in the background, lane by lane, and never by a poll."""

import asyncio
from collections.abc import Mapping, Sequence
from time import monotonic

import msgspec

from kaiga.domain.errors import StoreUnavailable
from kaiga.domain.ids import Lane, TaskId
from kaiga.domain.tasks import Task
from kaiga.ports.task_store import TaskStore
from kaiga.service.recent import Recent

COUNTED = 500
"""Places are counted so far; this number itself stands for as many or more."""
_LANES_REMEMBERED = 128
_FRESH_SECONDS = 1.0
_GOOD_SECONDS = 15.0
"""Longer than the pause between two polls of any client: the first poll of a task asks for its
place, and the next one may tell it."""
_PAUSE_SECONDS = 0.005
"""Between two reads, so that polls of many lanes leave the store to others."""


class _Front(msgspec.Struct, frozen=True):
    """The first tasks of a lane, as they stood at a time of `monotonic`."""

    places: Mapping[TaskId, int]
    read_at: float


class QueuePositions:
    """The fronts of the lanes that somebody asked about; each is read once a second at most."""

    def __init__(self, store: TaskStore, fresh_seconds: float = _FRESH_SECONDS) -> None:
        self._store = store
        self._fresh_seconds = fresh_seconds
        self._fronts: Recent[Lane, _Front] = Recent(_LANES_REMEMBERED)
        self._wanted: dict[Lane, None] = {}
        self._reader: asyncio.Task[None] | None = None

    def find(self, task: Task) -> int | None:
        """Give how many tasks wait before this one in its lane; None where that isn't known yet.

        It takes no wait: what is not known, or old, is read in the background for who asks next.
        """
        return self.find_lasting(task)[0]

    def find_lasting(self, task: Task) -> tuple[int | None, float]:
        """Give the same, and until when that is as new as can be had, in seconds of `monotonic`."""
        lane = task.lane
        front = self._fronts.find(lane)
        now = monotonic()
        read_until = front.read_at + self._fresh_seconds if front is not None else now
        if now >= read_until:
            self._want(lane)
        if front is None or now >= front.read_at + _GOOD_SECONDS:
            return None, read_until
        place = front.places.get(task.id)
        if place is None and len(front.places) == COUNTED:
            return COUNTED, read_until
        return place, read_until

    async def list_first(self, lane: Lane) -> Sequence[TaskId]:
        """Give the first tasks of a lane, in their order, as of the last second.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        front = self._fronts.find(lane)
        if front is None or monotonic() - front.read_at >= self._fresh_seconds:
            front = await self._read(lane)
        return list(front.places)

    def _want(self, lane: Lane) -> None:
        if len(self._wanted) < _LANES_REMEMBERED:
            self._wanted[lane] = None
        if self._reader is None:
            self._reader = asyncio.create_task(self._read_wanted())

    async def _read_wanted(self) -> None:
        try:
            while self._wanted:
                lane = next(iter(self._wanted))
                try:
                    await self._read(lane)
                except StoreUnavailable:
                    self._fronts.forget(lane)
                del self._wanted[lane]
                await asyncio.sleep(_PAUSE_SECONDS)
        finally:
            self._wanted.clear()
            self._reader = None

    async def _read(self, lane: Lane) -> _Front:
        waiting = await self._store.list_waiting(lane, COUNTED)
        front = _Front({task_id: place for place, task_id in enumerate(waiting)}, monotonic())
        self._fronts.put(lane, front)
        return front
