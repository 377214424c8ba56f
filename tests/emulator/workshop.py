"""An emulator's claims, ends and results over a real store, with clocks and fates in hand."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from domain.samples import ACCOUNT, RETENTION, make_lease, make_new
from fakes import MemoryObjects, SetCalendar, SetLeaseClock, leave_unmarked
from kaiga.domain.emulation.fates import USUAL_FATE, TaskFate
from kaiga.domain.emulation.paces import AT_ONCE, Pace
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import Claim, Task, TaskStatus
from kaiga.service.emulation.account_clocks import AccountClocks
from kaiga.service.emulation.paced_tasks import PacedTasks
from kaiga.service.emulation.postpone_results import PostponeResults
from kaiga.service.emulation.schedule import Schedule
from kaiga.service.running.make_results import MakeResults
from kaiga.service.running.recover_tasks import RecoverTasks
from kaiga.store.sqlite import SqliteDatabase, SqliteKeyStore, SqlitePacedStore
from kaiga.worker.paced_supervisor import MOST_RUNNING, PacedSupervisor
from kaiga.worker.shared_engines import SharedEngines
from service.building import build_run_task

PATIENCE_SECONDS = 30.0


class PacedWorkshop:
    """Everything at its usual, until a test sets `pace` or `fates` for tasks to come."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.database = SqliteDatabase.open(folder / "kaiga.db")
        self.store = SqlitePacedStore(self.database)
        self.calendar = SetCalendar()
        self.objects = MemoryObjects(self.calendar)
        self.pace: Pace = AT_ONCE
        self.fate: TaskFate = USUAL_FATE
        self.chosen: list[TaskId] = []
        self._count = 0
        self.forget_courses()

    def forget_courses(self) -> None:
        """Keep the store alone, as a restart does."""
        self.clocks = AccountClocks(self.calendar)
        self.schedule = Schedule(self.clocks, lambda *_: self.pace, self._choose_fate)
        self.tasks = PacedTasks(self.store, self.schedule, "sketch")

    def _choose_fate(self, task: Task) -> TaskFate:
        self.chosen.append(task.id)
        return self.fate

    async def record(self, count: int = 1) -> Task:
        """Record a task that has no course."""
        self._count += 1
        new = make_new(self._count, count=count, submitted_at=self.clocks.now(ACCOUNT))
        await self.store.add(new)
        return new.task

    async def add(self, count: int = 1) -> Task:
        """Record a task and schedule it, as a create does."""
        task = await self.record(count)
        self.schedule.add(task)
        return task

    async def claim(self) -> list[Claim]:
        return list(await self.tasks.claim_due(make_lease(), 10))

    async def get(self, task_id: TaskId) -> Task:
        task = await self.store.find(task_id)
        assert task is not None
        return task

    async def wait_for(self, task_id: TaskId, status: TaskStatus) -> Task:
        async def is_there() -> bool:
            return (await self.get(task_id)).status is status

        await wait_until(is_there)
        return await self.get(task_id)

    @asynccontextmanager
    async def at_work(self, most_running: int = MOST_RUNNING) -> AsyncIterator[PacedSupervisor]:
        supervisor = self._build_supervisor(most_running)
        await supervisor.take_over()
        working = asyncio.ensure_future(supervisor.run())
        try:
            yield supervisor
            assert not working.done()
        finally:
            await supervisor.stop()
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    def _build_supervisor(self, most_running: int) -> PacedSupervisor:
        lease_clock = SetLeaseClock()
        make_results = PostponeResults(
            schedule=self.schedule,
            objects=self.objects,
            make_results=MakeResults(
                objects=self.objects, mark=leave_unmarked, patience=timedelta(0)
            ),
            patience=timedelta(0),
        )
        return PacedSupervisor(
            tasks=self.tasks,
            store=self.store,
            run_task=build_run_task(
                self._folder / "inputs",
                self.store,
                SqliteKeyStore(self.database),
                objects=self.objects,
                calendar=self.clocks,
                store=self.tasks,
                make_results=make_results,
            ),
            recover_tasks=RecoverTasks(
                store=self.store,
                calendar=self.clocks,
                lease_clock=lease_clock,
                retention=RETENTION,
            ),
            engines=SharedEngines([]),
            lease_clock=lease_clock,
            lease_seconds=30.0,
            most_running=most_running,
        )


async def wait_until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        is_met = await condition()
        while not is_met:
            await asyncio.sleep(0.01)
            is_met = await condition()
