"""What was told of an account's tasks lately, so that a reader who was cut off misses nothing."""

from collections import deque
from collections.abc import Mapping, Sequence

import msgspec

from kaiga.domain.ids import TaskId

_EVENTS_KEPT = 1000
_KEPT_SECONDS = 600.0


class TaskEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell of a task.

    `kind` is `phase`, `step`, `queue`, `preview` or `end`; `members` are its data beside the id of
    the task. `number` grows from event to event of an account, and is None for what is not kept.
    `preview` is an encoded picture, where the kind says so. Of an end nothing else is said: how
    the task has ended is for the query to tell.
    """

    kind: str
    task_id: TaskId
    region: str
    members: Mapping[str, object] = {}
    preview: bytes = b""
    number: int | None = None


class EventLog:
    """The last events of one account, numbered without a gap.

    The first number must be above all that were given out before, also by an earlier process.
    """

    def __init__(self, first_number: int) -> None:
        self._kept: deque[tuple[float, TaskEvent]] = deque(maxlen=_EVENTS_KEPT)
        self.newest = first_number - 1
        """The number of the last event; before there is one, that before the first."""

    def add(self, event: TaskEvent, now: float) -> TaskEvent:
        """Keep an event of `now`, in seconds of any steady clock; gives it with its number."""
        while self._kept and self._kept[0][0] <= now - _KEPT_SECONDS:
            self._kept.popleft()
        self.newest += 1
        numbered = msgspec.structs.replace(event, number=self.newest)
        self._kept.append((now, numbered))
        return numbered

    def list_since(self, number: int) -> Sequence[TaskEvent] | None:
        """Give what came after an event; None where that isn't known in full any more."""
        missed = self.newest - number
        if not 0 <= missed <= len(self._kept):
            return None
        kept = [event for _, event in self._kept]
        return kept[len(kept) - missed :]
