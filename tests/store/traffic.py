"""Creates, claims and ends while something is cut, which knows what has to be stored then."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from itertools import count

import asyncpg

from domain.samples import MODEL, RETENTION, START, always, make_lease, make_new, make_success
from kaiga.domain.errors import LeaseLost, StoreUnavailable
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import Claim, TaskStatus
from kaiga.store.postgres.task_store import PostgresTaskStore

CALLERS = 8
ENDS_BETWEEN = 20
PAUSE_SECONDS = 0.02
PATIENCE_SECONDS = 30.0


class Traffic:
    """Creates, claims and ends for as long as wanted; knows what was acknowledged."""

    def __init__(self, store: PostgresTaskStore) -> None:
        self._store = store
        self.added: set[TaskId] = set()
        self.ended: set[TaskId] = set()
        self.is_over = False

    async def run_through(self, disturbances: Sequence[Callable[[], Awaitable[None]]]) -> None:
        """Go on before, during and after each; what was cut has to come back by itself."""
        async with asyncio.TaskGroup() as group:
            for first in range(CALLERS):
                group.create_task(self._create(first))
            group.create_task(self._work())
            for disturb in disturbances:
                await self._wait_for_ends(ENDS_BETWEEN)
                await disturb()
            await self._wait_for_ends(ENDS_BETWEEN)
            self.is_over = True

    async def _create(self, first: int) -> None:
        for number in count(first, CALLERS):
            if self.is_over:
                return
            new = make_new(number)
            if await self._try(self._store.add(new)):
                self.added.add(new.task.id)

    async def _work(self) -> None:
        while not self.is_over:
            with contextlib.suppress(StoreUnavailable):
                claims = await self._store.claim(
                    frozenset({MODEL}), make_lease(), 8, "sketch", always(START)
                )
                await asyncio.gather(*map(self._end, claims))
            await asyncio.sleep(PAUSE_SECONDS)

    async def _wait_for_ends(self, more: int) -> None:
        wanted = len(self.ended) + more
        await wait_until(lambda: len(self.ended) >= wanted)

    async def check_that_all_is_stored_once(self, url: str) -> None:
        """Hold what was acknowledged against what is stored and billed."""
        connection = await asyncpg.connect(url)
        rows = await connection.fetch("SELECT id::text, status FROM tasks")
        stored = {str(row[0]): str(row[1]) for row in rows}
        ledger = await connection.fetch("SELECT task_id::text FROM usage_ledger")
        await connection.close()
        assert self.added <= stored.keys()
        ended = {task_id for task_id, status in stored.items() if status == TaskStatus.SUCCEEDED}
        assert ended == {row[0] for row in ledger} == self.ended

    async def _end(self, claim: Claim) -> None:
        """End a task, again and again while the database is away."""
        outcome, expires_at = make_success(claim), START + RETENTION
        with contextlib.suppress(LeaseLost):  # it had come through, and nobody could say so
            while not await self._try(self._store.finish(claim, outcome, START, expires_at)):
                pass
        self.ended.add(claim.task.id)

    async def _try(self, writing: Coroutine[None, None, None]) -> bool:
        try:
            await writing
        except StoreUnavailable:
            await asyncio.sleep(PAUSE_SECONDS)
            return False
        return True


async def wait_until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_so():  # noqa: ASYNC110  counts that nothing tells of
            await asyncio.sleep(PAUSE_SECONDS)
