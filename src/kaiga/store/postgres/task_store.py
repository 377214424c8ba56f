"""The task store over PostgreSQL: writes through the group commit, reads beside it."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from kaiga.domain.fair_queue import QueuePolicy
from kaiga.domain.ids import TaskId
from kaiga.domain.limits import LimitBook
from kaiga.domain.tasks import NewTask
from kaiga.store.postgres.adding import AddTasks, AddWanted
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.group_commit import settle
from kaiga.store.postgres.hints import Hint
from kaiga.store.postgres.task_reads import PostgresTaskReads
from kaiga.store.rows import make_row


class PostgresTaskStore(PostgresTaskReads):
    """Implements the port `TaskStore`; its promises are told there."""

    def __init__(self, database: PostgresDatabase, policy: QueuePolicy | None = None) -> None:
        super().__init__(database.reader)
        self._add = AddTasks(policy or LimitBook())
        self._writer = database.writer
        self._hints = database.hints

    async def add(self, new: NewTask) -> None:
        """See the port."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.begin_add(new, partial(settle, done))
        await done

    def begin_add(self, new: NewTask, on_done: Callable[[Exception | None], None]) -> None:
        """See the port."""
        self._writer.begin(self._add, AddWanted(new=new, row=make_row(new)), on_done)

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
