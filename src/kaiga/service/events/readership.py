"""Who reads about one account's tasks, and what they were told."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from kaiga.domain.ids import Lane, TaskId
from kaiga.domain.progress import Progress
from kaiga.domain.tasks import Task, TaskStatus
from kaiga.service.events.event_log import EventLog, TaskEvent
from kaiga.service.events.event_subscription import EventSubscription
from kaiga.service.events.standing_events import list_state, make_end, make_phase, make_step
from kaiga.service.recent import Recent
from kaiga.service.standing.task_standing import Standing

_TASKS_REMEMBERED = 4096
_LARGEST_PREVIEW_BYTES = 512 * 1024


class _Told(NamedTuple):
    """What was told of a task last."""

    status: TaskStatus
    attempt: int
    phase: str = ""
    step: int = 0
    steps: int = 0

    def is_of_phase(self, other: "_Told | None") -> bool:
        return other is not None and self[:3] == other[:3]

    def is_at_step(self, other: "_Told | None") -> bool:
        return other is not None and (self.attempt, *self[3:]) == (other.attempt, *other[3:])


class Readership:
    """Tells the difference between how a task stands and what was told of it before."""

    def __init__(self, first_number: int) -> None:
        self.log = EventLog(first_number)
        self.readers: set[EventSubscription] = set()
        self.lanes: set[Lane] = set()
        """Where tasks of the account may wait."""
        self.unread_since = 0.0
        self._told: Recent[TaskId, _Told] = Recent(_TASKS_REMEMBERED)
        self._previews: Recent[TaskId, int] = Recent(_TASKS_REMEMBERED)
        """By the hash of its bytes, which preview of a task was told last."""
        self._places: Mapping[TaskId, int] = {}

    def list_state(self, task: Task, standing: Standing) -> Iterable[TaskEvent]:
        """List what tells a new reader how a task stands."""
        self._note_lane(task)
        return list_state(task, standing)

    def tell(self, event: TaskEvent) -> None:
        """Keep an event and give it to the readers."""
        numbered = self.log.add(event, asyncio.get_running_loop().time())
        for reader in self.readers:
            reader.offer(numbered)

    def tell_end(self, task: Task) -> None:
        """Tell that a task has ended, once."""
        told = self._told.find(task.id)
        if told is None or not told.status.is_final:
            self._told.put(task.id, _Told(task.status, task.attempt))
            self.tell(make_end(task))

    def tell_standing(self, task: Task, standing: Standing) -> None:
        """Tell what is new of a task that has not ended."""
        self._note_lane(task)
        told = self._told.find(task.id)
        new = _Told(task.status, task.attempt, standing.phase, standing.step, standing.steps)
        self._told.put(task.id, new)
        if not new.is_of_phase(told):
            self.tell(make_phase(task, standing))
        if standing.steps and not new.is_at_step(told):
            self.tell(make_step(task, standing))

    def show_preview(self, task_id: TaskId, region: str, progress: Progress) -> None:
        """Give the newest preview to readers that keep up; it is not kept for others."""
        preview = progress.preview
        if len(preview) > _LARGEST_PREVIEW_BYTES:
            return
        mark = hash(preview)
        if self._previews.find(task_id) == mark:
            return
        self._previews.put(task_id, mark)
        event = TaskEvent(
            kind="preview",
            task_id=task_id,
            region=region,
            members={"attempt": progress.attempt},
            preview=preview,
        )
        for reader in self.readers:
            reader.offer(event)

    def take_places(self, places: Mapping[TaskId, int]) -> Iterable[tuple[TaskId, int]]:
        """Take note of places in the queue; gives those that are new."""
        before, self._places = self._places, places
        return [(each, place) for each, place in places.items() if before.get(each) != place]

    def _note_lane(self, task: Task) -> None:
        if task.status is TaskStatus.PENDING:
            self.lanes.add(task.lane)
