"""A supervisor with a real store and real children whose engine does what prompts say."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from domain.samples import ACCOUNT, MODEL, REGION, RETENTION, START, make_new
from fakes import SetCalendar, SetLeaseClock
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import AttemptCause, Claim, Lease, NewTask, Task, TaskStatus
from kaiga.ports.engine_pool import EnginePool
from kaiga.service.running.recover_tasks import RecoverTasks
from kaiga.service.standing.task_progress import TaskProgress
from kaiga.store.sqlite import SqliteDatabase, SqliteKeyStore, SqliteTaskStore
from kaiga.worker.child_engine_process import ChildEngineProcess
from kaiga.worker.slots import Slots
from kaiga.worker.supervisor import Supervisor, SupervisorPolicy
from service.building import build_run_task

ODD_ENGINE = [sys.executable, str(Path(__file__).with_name("odd_engine.py")), "odd"]
PATIENCE_SECONDS = 30.0


class OddStore(SqliteTaskStore):
    """A store with a bug that a test can turn on, and that notes what it was asked."""

    def __init__(self, database: SqliteDatabase) -> None:
        super().__init__(database)
        self.bugs = 0
        self.largest_claim = 0
        self.last_claim: int | None = None

    async def claim(
        self, models: frozenset[str], lease: Lease, free_slots: int, engine: str, now: datetime
    ) -> Sequence[Claim]:
        if self.bugs:
            self.bugs -= 1
            raise RuntimeError("a row that can't be read")
        claims = await super().claim(models, lease, free_slots, engine, now)
        self.largest_claim = max(self.largest_claim, len(claims))
        self.last_claim = len(claims)
        return claims


class Workshop:
    """A supervisor and all that it works with."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "inputs"
        self.database = SqliteDatabase.open(folder / "kaiga.db")
        self.store = OddStore(self.database)
        self.lease_clock = SetLeaseClock()
        self.slots: list[ChildEngineProcess] = []
        self.count = 0

    def build(
        self,
        slots: int = 2,
        lease_seconds: float = 30.0,
        grace: float = 5.0,
        longest_silence_seconds: float | None = None,
        wrap: Callable[[Slots], EnginePool] = lambda pool: pool,
        **changes: Any,
    ) -> Supervisor:
        calendar, retention = SetCalendar(), RETENTION
        self.slots = [ChildEngineProcess(ODD_ENGINE, longest_silence_seconds) for _ in range(slots)]
        return Supervisor(
            store=self.store,
            run_task=build_run_task(
                self.folder, self.store, SqliteKeyStore(self.database), **changes
            ),
            recover_tasks=RecoverTasks(
                store=self.store,
                calendar=calendar,
                lease_clock=self.lease_clock,
                retention=retention,
            ),
            pool=wrap(Slots(self.slots)),
            list_models=lambda: frozenset({MODEL}),
            engine="odd",
            calendar=calendar,
            lease_clock=self.lease_clock,
            policy=SupervisorPolicy(lease_seconds=lease_seconds, grace_seconds=grace),
        )

    async def add(self, prompt: str, catalogue_model: str = MODEL) -> TaskId:
        self.count += 1
        new = make_new(self.count, catalogue_model=catalogue_model)
        generation = new.task.generation
        assert generation is not None
        values = {name: getattr(generation, name) for name in generation.__struct_fields__}
        fields = {name: getattr(new.task, name) for name in new.task.__struct_fields__}
        changed = type(generation)(**{**values, "prompt": prompt})
        task = Task(**{**fields, "generation": changed})
        await self.store.add(NewTask(task=task, request=b"{}"))
        return task.id

    async def has_claimed_in_vain(self) -> bool:
        return self.store.last_claim == 0

    async def get(self, task_id: TaskId) -> Task:
        task = await self.store.find(task_id)
        assert task is not None
        return task

    async def read_causes(self, task_id: TaskId) -> list[AttemptCause | None]:
        return [attempt.cause for attempt in await self.store.list_attempts(task_id)]

    async def request_cancel(self, task_id: TaskId) -> TaskStatus | None:
        return await self.store.request_cancel(ACCOUNT, REGION, task_id, START, START + RETENTION)

    async def wait_for(self, task_id: TaskId, status: TaskStatus) -> Task:
        async def is_there() -> bool:
            return (await self.get(task_id)).status is status

        await wait_until(is_there)
        return await self.get(task_id)


async def wait_until(condition: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        is_met = await condition()
        while not is_met:
            await asyncio.sleep(0.01)
            is_met = await condition()


@asynccontextmanager
async def at_work(supervisor: Supervisor) -> AsyncIterator[None]:
    working = asyncio.ensure_future(supervisor.run())
    try:
        yield
        assert not working.done()
    finally:
        await supervisor.stop()
        working.cancel()
        await asyncio.wait([working])


async def wait_until_at(progress: TaskProgress, task_id: TaskId, phase: str) -> None:
    async def is_there() -> bool:
        known = progress.find(task_id)
        return known is not None and known.phase == phase

    await wait_until(is_there)


async def wait_until_walking(progress: TaskProgress, task_id: TaskId) -> None:
    async def has_stepped() -> bool:
        known = progress.find(task_id)
        return known is not None and known.step > 0

    await wait_until(has_stepped)
