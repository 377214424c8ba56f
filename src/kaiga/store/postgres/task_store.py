"""The task store over PostgreSQL: writes through the group commit, reads beside it."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from kaiga.domain.fair_queue import QueuePolicy
from kaiga.domain.ids import TaskId, is_task_id
from kaiga.domain.limits import LimitBook
from kaiga.domain.tasks import NewTask, Task
from kaiga.store.batched_lookup import BatchedLookup
from kaiga.store.postgres.adding import AddTasks, AddWanted
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.group_commit import settle
from kaiga.store.postgres.hints import Hint
from kaiga.store.postgres.task_rows import SELECT_TASKS, tasks_from_rows
from kaiga.store.rows import make_row

_BY_IDS = f"{SELECT_TASKS} JOIN unnest($1::uuid[]) AS asked (task_id) ON tasks.id = asked.task_id"


class PostgresTaskStore:
    """Implements the port `TaskStore`; its promises are told there."""

    def __init__(self, database: PostgresDatabase, policy: QueuePolicy | None = None) -> None:
        self._add = AddTasks(policy or LimitBook())
        self._writer = database.writer
        self._reader = database.reader
        self._hints = database.hints
        self._lookup = BatchedLookup(self._find_tasks)

    async def add(self, new: NewTask) -> None:
        """See the port."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.begin_add(new, partial(settle, done))
        await done

    def begin_add(self, new: NewTask, on_done: Callable[[Exception | None], None]) -> None:
        """See the port."""
        self._writer.begin(self._add, AddWanted(new=new, row=make_row(new)), on_done)

    async def find(self, task_id: TaskId) -> Task | None:
        """See the port."""
        return await self._lookup.find(task_id) if is_task_id(task_id) else None

    def on_change(self, listener: Callable[[Sequence[TaskId]], None]) -> None:
        """See the port."""

        def hear(hint: Hint) -> None:
            if hint.changed:
                listener(hint.changed)

        self._hints.listen(hear)

    def on_waiting(self, listener: Callable[[], None]) -> None:
        """See the port."""

        def hear(hint: Hint) -> None:
            if hint.waiting:
                listener()

        self._hints.listen(hear)

    def on_announced(self, listener: Callable[[], None]) -> None:
        """See the port."""

        def hear(hint: Hint) -> None:
            if hint.announced:
                listener()

        self._hints.listen(hear)

    async def _find_tasks(self, ids: Sequence[TaskId]) -> Mapping[TaskId, Task]:
        return tasks_from_rows(await self._reader.fetch(_BY_IDS, ids))
