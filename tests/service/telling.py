"""The events of a store of their own, with the steps by which a test moves its tasks on."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from domain.samples import (
    ACCOUNT,
    MODEL,
    REGION,
    START,
    after,
    always,
    make_lease,
    make_new,
    make_success,
)
from fakes import SetCalendar
from kaiga.domain.ids import AccountId, TaskId
from kaiga.domain.progress import Progress
from kaiga.domain.tasks import Claim, Task
from kaiga.service.events.event_log import TaskEvent
from kaiga.service.events.event_subscription import EventSubscription
from kaiga.service.events.task_events import TaskEvents
from kaiga.service.hot_tasks import HotTasks
from kaiga.service.standing.crew import Crew
from kaiga.service.standing.queue_positions import QueuePositions
from kaiga.service.standing.run_costs import RunCosts
from kaiga.service.standing.task_progress import TaskProgress
from kaiga.service.standing.task_standing import TaskStanding
from service.troubled_store import TroubledStore

PATIENCE_SECONDS = 30.0
NEVER_SECONDS = 3600.0
EXPIRY = after(86_400_000)
TASK_ID = make_new(0).task.id


@dataclass(kw_only=True)
class Telling:
    """The events of a store, with the steps by which a test moves tasks on."""

    store: TroubledStore
    calendar: SetCalendar
    progress: TaskProgress
    events: TaskEvents

    async def read(
        self,
        task: Task | None = None,
        last: int | None = None,
        *,
        account: AccountId = ACCOUNT,
        region: str = REGION,
    ) -> EventSubscription:
        return await self.events.subscribe(account, region, task, last)

    async def add(self, number: int = 0, **changes: object) -> Task:
        new = make_new(number, **changes)  # type: ignore[arg-type]
        await self.store.tasks.add(new)
        self.events.note_new(new.task)
        return new.task

    async def claim(self) -> Claim:
        [claim] = await self.store.tasks.claim(
            frozenset({MODEL}), make_lease(), 1, "e", always(START)
        )
        return claim

    async def finish(self, claim: Claim) -> None:
        await self.store.tasks.finish(claim, make_success(claim), after(5), EXPIRY)

    async def settle(self) -> None:
        """Wait until all changes have been looked at."""
        while self.events._looking is not None:
            await self.events._looking

    def report(self, claim: Claim, phase: str, step: int = 0, preview: bytes = b"") -> None:
        steps = 20 if step else 0
        told = Progress(
            attempt=claim.task.attempt, phase=phase, step=step, steps=steps, preview=preview
        )
        self.progress.report(claim.task.id, told)


def open_telling(store: TroubledStore, calendar: SetCalendar, **changes: object) -> Telling:
    hot, progress = HotTasks(store.tasks), TaskProgress(store.tasks)
    positions = QueuePositions(store.tasks, fresh_seconds=0)
    standing = TaskStanding(
        progress=progress, positions=positions, crew=Crew(1, RunCosts()), calendar=calendar
    )
    options = {"tick_seconds": NEVER_SECONDS, **changes}
    events = TaskEvents(
        store=store.tasks,
        hot=hot,
        standing=standing,
        positions=positions,
        calendar=calendar,
        **options,  # type: ignore[arg-type]
    )
    return Telling(store=store, calendar=calendar, progress=progress, events=events)


def backlog_of(reader: EventSubscription) -> list[tuple[str, TaskId]]:
    return [(each.kind, each.task_id) for each in reader.backlog]


async def read_next(reader: EventSubscription) -> TaskEvent:
    event = await reader.find_next(PATIENCE_SECONDS)
    assert event is not None
    return event


async def read_until(reader: EventSubscription, kind: str) -> list[TaskEvent]:
    events = [await read_next(reader)]
    while events[-1].kind != kind:
        events.append(await read_next(reader))
    return events


async def has_nothing(reader: EventSubscription) -> bool:
    return await reader.find_next(0.05) is None


async def drain(reader: EventSubscription) -> AsyncIterator[TaskEvent]:
    while (event := await reader.find_next(0.05)) is not None:
        yield event
