"""One reader of events, with little room for what it has not read yet."""

import asyncio
from collections import deque
from collections.abc import Sequence
from enum import StrEnum

from kaiga.domain.ids import TaskId
from kaiga.service.events.event_log import TaskEvent

_UNREAD = 256
_UNREAD_PREVIEWS = 8


class Ending(StrEnum):
    """Why a subscription is told nothing more."""

    STOPPED = "the server stops"
    TOO_SLOW = "too much was left unread"


class EventSubscription:
    """Events of one region, or of one task there, as they come.

    `backlog` is to be told before them. A reader that leaves too much unread is told no more; of
    previews it has only the newest of a task, and none while it is behind with other events.
    """

    def __init__(self, region: str, task_id: TaskId | None) -> None:
        self.task_id = task_id
        self.region = region
        self.backlog: Sequence[TaskEvent] = ()
        self.ending: Ending | None = None
        self._unread: deque[TaskEvent] = deque()
        self._previews: dict[TaskId, TaskEvent] = {}
        self._has_come = asyncio.Event()

    def is_for(self, event: TaskEvent) -> bool:
        """Tell whether an event is of what this reader reads about."""
        return self.task_id in {None, event.task_id} and event.region in {"", self.region}

    def offer(self, event: TaskEvent) -> None:
        """Take an event, where it is for this reader."""
        if not self.is_for(event):
            return
        if event.preview:
            self._offer_preview(event)
        elif len(self._unread) >= _UNREAD:
            self.end(Ending.TOO_SLOW)
        elif self.ending is None:
            self._unread.append(event)
            self._has_come.set()

    def end(self, ending: Ending) -> None:
        """Tell no more; what is unread is dropped."""
        self.ending = self.ending or ending
        self._unread.clear()
        self._previews.clear()
        self._has_come.set()

    async def find_next(self, patience_seconds: float) -> TaskEvent | None:
        """Give the next event; None where none came for so long, or none will come any more."""
        self._has_come.clear()
        if not self._unread and not self._previews and self.ending is None:
            try:
                async with asyncio.timeout(patience_seconds):
                    await self._has_come.wait()
            except TimeoutError:
                return None
        if self._unread:
            return self._unread.popleft()
        return self._previews.pop(next(iter(self._previews))) if self._previews else None

    def _offer_preview(self, event: TaskEvent) -> None:
        is_behind = bool(self._unread) or len(self._previews) >= _UNREAD_PREVIEWS
        if self.ending is None and (event.task_id in self._previews or not is_behind):
            self._previews[event.task_id] = event
            self._has_come.set()
