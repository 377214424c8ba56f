"""Tells readers how the tasks of their account come on; nothing is done while there is none.

Notices of changes and reports of progress only say at which task to look: what is told is the
difference between how it stands then and what was told of it before. So notices may come late,
doubled or together, and each end is told once.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

import msgspec

from kaiga.domain.errors import Overloaded, StoreUnavailable
from kaiga.domain.ids import AccountId, TaskId
from kaiga.domain.progress import Progress
from kaiga.domain.tasks import Task, TaskStatus
from kaiga.ports.clock import Calendar
from kaiga.ports.task_store import TaskStore
from kaiga.service.events.event_subscription import Ending, EventSubscription
from kaiga.service.events.readership import Readership
from kaiga.service.events.standing_events import make_place
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.recent import Recent
from kaiga.service.standing.queue_positions import QueuePositions
from kaiga.service.standing.task_standing import TaskStanding

_PER_ACCOUNT, _IN_ALL = 32, 512
_OWNERS_REMEMBERED = 16_384
_LOOKS_AT_ONCE = 256
_STATE_TASKS = 100
"""Of those that wait; a reader of an account hears of the others once they run."""
_PLACES_TOLD = 10
"""At the front of each lane; further back, places are told to who reads that one task."""
_TICK_SECONDS = 1.0
_KEPT_UNREAD_SECONDS = 600.0
"""How long what happens is kept for an account whose last reader has gone."""


class _Owner(NamedTuple):
    account: AccountId
    region: str


class TaskEvents:
    """Who reads about which account, and what there is to tell."""

    def __init__(
        self,
        *,
        store: TaskStore,
        hot: HotTasks,
        standing: TaskStanding,
        positions: QueuePositions,
        calendar: Calendar,
        per_account: int = _PER_ACCOUNT,
        in_all: int = _IN_ALL,
        tick_seconds: float = _TICK_SECONDS,
    ) -> None:
        self._store = store
        self._hot = hot
        self._standing = standing
        self._positions = positions
        self._calendar = calendar
        self._per_account = per_account
        self._in_all = in_all
        self._tick_seconds = tick_seconds
        self._readerships: dict[AccountId, Readership] = {}
        self._owners: Recent[TaskId, _Owner] = Recent(_OWNERS_REMEMBERED)
        self._changed: dict[TaskId, None] = {}
        self._looking: asyncio.Task[None] | None = None
        self._ticking: asyncio.Task[None] | None = None
        self._is_stopped = False
        store.on_change(self._note)
        standing.progress.on_report(self._note_report, self._is_read_about)

    def note_new(self, task: Task) -> None:
        """Take note of a task that was recorded just now."""
        if self._readerships:
            self._learn_owner(task)
            self._note((task.id,))

    async def subscribe(
        self, account: AccountId, region: str, task: Task | None, last_number: int | None
    ) -> EventSubscription:
        """Begin to read about an account's tasks in a region, or about one of them alone.

        The backlog is what came after event `last_number`, or how things stand where that isn't
        known any more. `unsubscribe` must follow.

        Raises:
            Overloaded: there are as many readers as may be, or the server stops.
            StoreUnavailable: the store did not answer; nothing has begun.
        """
        subscription = self._enrol(account, region, task)
        try:
            log = self._readerships[account].log
            missed = None if last_number is None else log.list_since(last_number)
            if missed is not None:
                subscription.backlog = [each for each in missed if subscription.is_for(each)]
            has_ended = task is not None and task.status.is_final
            if missed is None or (has_ended and not subscription.backlog):
                await self._give_state(subscription, account, task)
        except BaseException:
            self.unsubscribe(account, subscription)
            raise
        return subscription

    def unsubscribe(self, account: AccountId, subscription: EventSubscription) -> None:
        """End a subscription; doing so twice changes nothing."""
        readership = self._readerships.get(account)
        if readership is not None and subscription in readership.readers:
            readership.readers.discard(subscription)
            readership.unread_since = _now()

    def stop(self) -> None:
        """Tell nobody anything more, and take no new readers."""
        self._is_stopped = True
        for readership in self._readerships.values():
            for reader in readership.readers:
                reader.end(Ending.STOPPED)
        for task in (self._looking, self._ticking):
            if task is not None:
                task.cancel()

    def _enrol(self, account: AccountId, region: str, task: Task | None) -> EventSubscription:
        """Give a reader its place, before anything is read: so it misses nothing from then on."""
        readership = self._readerships.get(account) or Readership(self._draw_first_number())
        if (
            self._is_stopped
            or len(readership.readers) >= self._per_account
            or sum(len(each.readers) for each in self._readerships.values()) >= self._in_all
        ):
            raise Overloaded
        subscription = EventSubscription(region, None if task is None else task.id)
        readership.readers.add(subscription)
        self._readerships[account] = readership
        if self._ticking is None:
            self._ticking = asyncio.create_task(self._tick_for_ever())
        return subscription

    def _draw_first_number(self) -> int:
        """Begin above all numbers of before: no account has a million events in a second."""
        return int(self._calendar.real_now().timestamp() * 1_000_000)

    async def _give_state(
        self, subscription: EventSubscription, account: AccountId, task: Task | None
    ) -> None:
        readership = self._readerships[account]
        number = readership.log.newest
        if task is None:
            region = subscription.region
            present = await self._store.list_unfinished(account, region, _STATE_TASKS)
        else:
            present = [await self._hot.get(task.id) or task]
        for each in present:
            self._learn_owner(each)
        subscription.backlog = [
            msgspec.structs.replace(event, number=number)
            for each in present
            for event in readership.list_state(each, self._standing.find(each))
        ]

    def _learn_owner(self, task: Task) -> None:
        self._owners.put(task.id, _Owner(task.account, task.region))

    def _note(self, task_ids: Sequence[TaskId]) -> None:
        """Remember to look at tasks, where any of them may be of an account that is read about."""
        if not self._readerships or self._is_stopped:
            return
        self._changed.update(dict.fromkeys(filter(self._is_read_about, task_ids)))
        if self._changed and self._looking is None:
            self._looking = asyncio.create_task(self._look_at_changed())

    def _is_read_about(self, task_id: TaskId) -> bool:
        """Tell whether a task is, or may be, of an account that is read about."""
        if not self._readerships:
            return False
        owner = self._owners.find(task_id)
        return owner is None or owner.account in self._readerships

    def _note_report(self, task_id: TaskId, progress: Progress) -> None:
        self._note((task_id,))
        owner = self._owners.find(task_id)
        if progress.preview and owner is not None and owner.account in self._readerships:
            self._readerships[owner.account].show_preview(task_id, owner.region, progress)

    async def _look_at_changed(self) -> None:
        try:
            while self._changed:
                batch = list(self._changed)[:_LOOKS_AT_ONCE]
                for task_id in batch:
                    del self._changed[task_id]
                looks = await asyncio.gather(*map(self._look, batch))
                unseen = [each for each, seen in zip(batch, looks, strict=True) if not seen]
                if unseen:
                    await asyncio.sleep(self._tick_seconds)
                    self._changed.update(dict.fromkeys(unseen))
        finally:
            self._looking = None

    async def _look(self, task_id: TaskId) -> bool:
        """Tell what is new of a task; False where the store did not answer."""
        try:
            task = await self._hot.get(task_id)
        except StoreUnavailable:
            return False
        if task is None:
            return True
        self._learn_owner(task)
        readership = self._readerships.get(task.account)
        if readership is not None:
            if task.status.is_final:
                readership.tell_end(task)
            else:
                readership.tell_standing(task, self._standing.find(task))
        return True

    async def _tick_for_ever(self) -> None:
        """Tell of places in the queue, and forget accounts that nobody reads about any more."""
        try:
            while self._readerships:
                await asyncio.sleep(self._tick_seconds)
                for account, readership in list(self._readerships.items()):
                    if readership.readers:
                        with suppress(StoreUnavailable):
                            await self._tell_places(readership)
                    elif readership.unread_since <= _now() - _KEPT_UNREAD_SECONDS:
                        del self._readerships[account]
        finally:
            self._ticking = None

    async def _tell_places(self, readership: Readership) -> None:
        read_alone = {reader.task_id for reader in readership.readers}
        places: dict[TaskId, int] = {}
        for lane in list(readership.lanes):
            waiting = await self._positions.list_first(lane)
            if not waiting:
                readership.lanes.discard(lane)
            places |= {
                task_id: place
                for place, task_id in enumerate(waiting)
                if place < _PLACES_TOLD or task_id in read_alone
            }
        for task_id, place in readership.take_places(places):
            task = await self._hot.get(task_id)
            if task is not None and task.status is TaskStatus.PENDING:
                standing = self._standing.find_in_queue(task, place)
                readership.tell(make_place(task, standing))


def _now() -> float:
    return asyncio.get_running_loop().time()
