"""The SQLite store with an outage and a delay that a test can turn on."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from kaiga.domain.errors import StoreUnavailable
from kaiga.domain.ids import KeyId, TaskId
from kaiga.domain.keys import Principal
from kaiga.domain.tasks import AttemptCause, Claim, NewTask, Outcome, Task
from kaiga.domain.timings import TaskTimes
from kaiga.store.sqlite import SqliteDatabase, SqliteKeyStore, SqliteTaskStore


class Gate:
    """Holds answers back, after they were read and before they arrive."""

    def __init__(self) -> None:
        self._is_open = asyncio.Event()
        self._is_open.set()
        self._arrivals = asyncio.Semaphore(0)

    def close(self) -> None:
        self._is_open.clear()

    def open(self) -> None:
        self._is_open.set()

    async def pass_through(self) -> None:
        if not self._is_open.is_set():
            self._arrivals.release()
            await self._is_open.wait()

    async def hold_one(self) -> None:
        """Wait until one more answer is held back."""
        await self._arrivals.acquire()


class TroubledTasks(SqliteTaskStore):
    """A task store whose writes may fail and whose reads may come late."""

    def __init__(self, database: SqliteDatabase) -> None:
        super().__init__(database)
        self.reads = Gate()
        self.is_down = False
        self.refusals = asyncio.Semaphore(0)
        self.finds = 0

    def _check(self) -> None:
        if self.is_down:
            self.refusals.release()
            raise StoreUnavailable

    def begin_add(self, new: NewTask, on_done: Callable[[Exception | None], None]) -> None:
        if self.is_down:
            asyncio.get_running_loop().call_soon(on_done, StoreUnavailable())
        else:
            super().begin_add(new, on_done)

    async def find(self, task_id: TaskId) -> Task | None:
        self.finds += 1
        self._check()
        found = await super().find(task_id)
        await self.reads.pass_through()
        return found

    async def find_times(self, task_ids: Sequence[TaskId]) -> Sequence[TaskTimes]:
        self._check()
        return await super().find_times(task_ids)

    async def finish(
        self, claim: Claim, outcome: Outcome, now: datetime, expires_at: datetime
    ) -> None:
        self._check()
        await super().finish(claim, outcome, now, expires_at)

    async def give_back(
        self, claim: Claim, cause: AttemptCause, now: datetime, expires_at: datetime
    ) -> None:
        self._check()
        await super().give_back(claim, cause, now, expires_at)


class TroubledKeys(SqliteKeyStore):
    """A key store with the same troubles."""

    def __init__(self, database: SqliteDatabase) -> None:
        super().__init__(database)
        self.reads = Gate()
        self.records = Gate()
        self.is_down = False

    async def find_principal(self, key_hash: bytes) -> Principal | None:
        if self.is_down:
            raise StoreUnavailable
        found = await super().find_principal(key_hash)
        await self.reads.pass_through()
        return found

    async def record_uses(self, uses: Mapping[KeyId, datetime]) -> None:
        if self.is_down:
            raise StoreUnavailable
        await super().record_uses(uses)
        await self.records.pass_through()


class TroubledStore:
    """An open database with both."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = SqliteDatabase.open(folder / "kaiga.db")
        self.tasks = TroubledTasks(self.database)
        self.keys = TroubledKeys(self.database)
