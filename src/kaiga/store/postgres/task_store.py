"""The task store over PostgreSQL: writes through the group commit, reads beside it."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial

from kaiga.domain.fair_queue import QueuePolicy
from kaiga.domain.ids import AccountId, TaskId, is_task_id
from kaiga.domain.lifetimes import USUAL_RETRIES
from kaiga.domain.limits import LimitBook
from kaiga.domain.tasks import AttemptCause, Claim, Lease, NewTask, Outcome, TaskStatus
from kaiga.ports.task_store import AccountTime, PurgedTasks
from kaiga.store.postgres.adding import AddTasks
from kaiga.store.postgres.claiming import ClaimTasks, renew
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.ending import EndTasks
from kaiga.store.postgres.finishing import finish
from kaiga.store.postgres.hints import Hint
from kaiga.store.postgres.keeping import expire, keep
from kaiga.store.postgres.overdue import find_overdue
from kaiga.store.postgres.purging import forget_tasks, purge
from kaiga.store.postgres.task_reads import PostgresTaskReads
from kaiga.store.rows import make_row
from kaiga.store.waiting_writes import settle
from kaiga.store.wanted import (
    AddWanted,
    CancelWanted,
    ClaimWanted,
    ExpireWanted,
    FinishWanted,
    ForgetWanted,
    GiveBackWanted,
    KeepWanted,
    PurgeWanted,
    RecoverWanted,
    RenewWanted,
)


class PostgresTaskStore(PostgresTaskReads):
    """Implements the port `TaskStore`; its promises are told there."""

    def __init__(
        self,
        database: PostgresDatabase,
        policy: QueuePolicy | None = None,
        *,
        retries: int = USUAL_RETRIES,
    ) -> None:
        super().__init__(database.reader)
        book = policy or LimitBook()
        self._add = AddTasks(book)
        self._claim = ClaimTasks(book).claim
        self._ends = EndTasks(retries)
        self._writer = database.writer
        self._writer.keep_apart(self._claim)
        self._writer.sync_later(renew)
        self._hints = database.hints
        self._days = database.days

    async def add(self, new: NewTask) -> None:
        """See the port."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.begin_add(new, partial(settle, done))
        await done

    def begin_add(self, new: NewTask, on_done: Callable[[Exception | None], None]) -> None:
        """See the port."""
        self._writer.begin(self._add, AddWanted(new=new, row=make_row(new)), on_done)

    async def cancel(
        self, account: AccountId, region: str, task_id: TaskId, now: datetime, expires_at: datetime
    ) -> bool:
        """See the port."""
        wanted = CancelWanted(
            account=account, region=region, task_id=task_id, now=now, expires_at=expires_at
        )
        return is_task_id(task_id) and await self._writer.write(self._ends.cancel, wanted)

    async def request_cancel(
        self, account: AccountId, region: str, task_id: TaskId, now: datetime, expires_at: datetime
    ) -> TaskStatus | None:
        """See the port."""
        if not is_task_id(task_id):
            return None
        wanted = CancelWanted(
            account=account, region=region, task_id=task_id, now=now, expires_at=expires_at
        )
        return await self._writer.write(self._ends.request_cancel, wanted)

    async def keep(
        self,
        account: AccountId,
        region: str,
        task_id: TaskId,
        now: datetime,
        keep_for: timedelta,
    ) -> datetime | None:
        """See the port."""
        if not is_task_id(task_id):
            return None
        wanted = KeepWanted(
            account=account, region=region, task_id=task_id, now=now, keep_for=keep_for
        )
        return await self._writer.write(keep, wanted)

    async def expire(self, account: AccountId, region: str, task_id: TaskId, now: datetime) -> bool:
        """See the port."""
        wanted = ExpireWanted(account=account, region=region, task_id=task_id, now=now)
        return is_task_id(task_id) and await self._writer.write(expire, wanted)

    async def fail_overdue(
        self, longest_wait: timedelta, now: AccountTime, retention: timedelta, limit: int
    ) -> int:
        """See the port."""
        overdue = await self._reader.read(
            lambda connection: find_overdue(connection, longest_wait, now, retention, limit)
        )
        if not overdue:
            return 0
        return len(await self._writer.write(self._ends.fail_overdue, overdue))

    async def claim(
        self, models: frozenset[str], lease: Lease, free_slots: int, engine: str, now: AccountTime
    ) -> Sequence[Claim]:
        """See the port."""
        wanted = ClaimWanted(
            models=models, lease=lease, free_slots=free_slots, engine=engine, now=now
        )
        return await self._writer.write(self._claim, wanted)

    async def renew(self, claims: Collection[Claim], lease: Lease) -> frozenset[tuple[TaskId, int]]:
        """See the port."""
        return await self._writer.write(renew, RenewWanted(claims=tuple(claims), lease=lease))

    async def finish(
        self, claim: Claim, outcome: Outcome, now: datetime, expires_at: datetime
    ) -> None:
        """See the port."""
        wanted = FinishWanted(claim=claim, outcome=outcome, now=now, expires_at=expires_at)
        await self._writer.write(finish, wanted)

    async def give_back(
        self, claim: Claim, cause: AttemptCause, now: datetime, expires_at: datetime
    ) -> None:
        """See the port."""
        wanted = GiveBackWanted(claim=claim, cause=cause, now=now, expires_at=expires_at)
        await self._writer.write(self._ends.give_back, wanted)

    async def recover(self, lease_now: float, now: AccountTime, retention: timedelta) -> int:
        """See the port."""
        wanted = RecoverWanted(lease_now=lease_now, now=now, retention=retention)
        return len(await self._writer.write(self._ends.recover, wanted))

    async def purge_expired(self, now: datetime, limit: int) -> PurgedTasks:
        """See the port."""
        purged = await self._writer.write(purge, PurgeWanted(now=now, limit=limit))
        if not purged.task_ids or self._days.is_due:  # best once all objects are gone
            await self._days.tend(self._reader, now)
        return purged

    async def forget_tasks(self, account: AccountId, limit: int) -> PurgedTasks:
        """See the port."""
        return await self._writer.write(forget_tasks, ForgetWanted(account=account, limit=limit))

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

    def on_adding(self, listener: Callable[[str], None]) -> None:
        """See the port; claims have transactions of their own here."""

    def on_announced(self, listener: Callable[[], None]) -> None:
        """See the port."""

        def hear(hint: Hint) -> None:
            if hint.announced:
                listener()

        self._hints.listen(hear)
