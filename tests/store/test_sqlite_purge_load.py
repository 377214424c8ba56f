"""A large purge and the creates beside it."""

import asyncio
from datetime import timedelta
from itertools import count
from pathlib import Path

from domain.samples import START, make_new
from fakes import SetCalendar
from kaiga.objects.local_objects import LocalObjects
from kaiga.service.tending.keep_house import PurgeExpired
from kaiga.store.sqlite import SqliteUploadStore
from store.opened import OpenedSqlite

EXPIRED = 100_000
CALLERS = 32
PERIOD_SECONDS = 1.5
SHARE_KEPT = 0.25
"""Of the creates answered without a purge; a purge in one transaction leaves next to none."""

FILL = (
    """
    WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?)
    INSERT INTO tasks (id, account, workspace, key_id, request_id, catalogue_model, model,
        operation, generation, request, status, attempt, engine, submitted_ms, ended_ms, expires_ms)
    SELECT printf('019de821-7578-7000-8000-%012x', n), '1000000000000001', 'ws-default', '1000001',
        'r', 'm', 'm', 'a:b:c', zeroblob(400), zeroblob(400), 'SUCCEEDED', 1, 'sketch', 1, 1, 1 + n
    FROM numbers
    """,
    """
    INSERT INTO attempts (task_id, attempt, worker, engine, claimed_ms, ended_ms)
    SELECT id, 1, 'w', 'sketch', 1, 1 FROM tasks WHERE ?
    """,
    """
    INSERT INTO results (task_id, position, object_key, media_type, size_bytes)
    SELECT id, 0, account || '/' || id || '/1/0', 'image/png', 10 FROM tasks WHERE ?
    """,
)


class Creates:
    """Callers that create one task after the other, counted by the tasks answered."""

    def __init__(self, store: OpenedSqlite) -> None:
        self._store = store
        self._numbers = count()
        self.answered = 0

    async def run(self) -> None:
        while True:
            await self._store.tasks.add(make_new(next(self._numbers)))
            self.answered += 1

    async def count_in_a_period(self) -> int:
        before = self.answered
        await asyncio.sleep(PERIOD_SECONDS)
        return self.answered - before


async def test_creates_go_on_while_a_hundred_thousand_tasks_are_purged(
    sqlite: OpenedSqlite, tmp_path: Path
):
    for statement in FILL:
        sqlite.database._connection.execute(statement, (EXPIRED,))
    purge = PurgeExpired(
        store=sqlite.tasks,
        uploads=SqliteUploadStore(sqlite.database),
        outbox=sqlite.outbox,
        objects=LocalObjects(tmp_path / "objects"),
        calendar=SetCalendar(START + timedelta(days=1)),
    )

    async def purge_on_and_on() -> None:
        while await purge():
            pass  # the housekeeper pauses here; without the pauses it is as bad as can be

    creates = Creates(sqlite)
    callers = [asyncio.ensure_future(creates.run()) for _ in range(CALLERS)]
    without = await creates.count_in_a_period()
    purging = asyncio.ensure_future(purge_on_and_on())
    beside = await creates.count_in_a_period()
    is_still_purging = not purging.done()
    without += await _count_without(creates, purging)
    for caller in callers:
        caller.cancel()
    await asyncio.gather(*callers, return_exceptions=True)

    assert is_still_purging
    assert beside > SHARE_KEPT * without / 2


async def _count_without(creates: Creates, purging: "asyncio.Future[None]") -> int:
    purging.cancel()
    await asyncio.wait([purging])
    return await creates.count_in_a_period()
