"""The task store over SQLite: writes through the group commit, reads beside it."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

import apsw
import msgspec

from kaiga.domain.errors import SubmittedBefore
from kaiga.domain.fair_queue import QueuePolicy
from kaiga.domain.ids import (
    AccountId,
    Lane,
    ObjectKey,
    TaskId,
    WorkspaceId,
    first_task_id_at,
    is_task_id,
)
from kaiga.domain.lifetimes import USUAL_RETRIES
from kaiga.domain.limits import LimitBook
from kaiga.domain.tasks import (
    Attempt,
    AttemptCause,
    Claim,
    IdempotencyMark,
    Lease,
    NewTask,
    Outcome,
    StoredRequest,
    Task,
    TaskStatus,
    attempt_of_object,
    task_of_thumbnail,
)
from kaiga.domain.timings import TaskTimes
from kaiga.ports.task_store import (
    AccountTime,
    FoundTasks,
    ModelQueue,
    PurgedTasks,
    QueueDepth,
    TaskFilter,
    TaskPage,
    TaskSearch,
    WaitingFilter,
    WaitingTask,
)
from kaiga.store.batched_lookup import BatchedLookup
from kaiga.store.rows import make_row, submitted_before_from_row, to_milliseconds
from kaiga.store.sqlite.adding import FIND_SUBMISSION, AddTasks
from kaiga.store.sqlite.announcing import Announcements
from kaiga.store.sqlite.canceling import StopTasks, find_waiting
from kaiga.store.sqlite.claiming import ClaimTasks, renew
from kaiga.store.sqlite.database import SqliteDatabase
from kaiga.store.sqlite.ending import EndTasks
from kaiga.store.sqlite.finishing import FinishTasks
from kaiga.store.sqlite.group_commit import WriteKind
from kaiga.store.sqlite.keeping import expire, keep
from kaiga.store.sqlite.measuring import measure_models, read_times
from kaiga.store.sqlite.overdue import find_overdue
from kaiga.store.sqlite.purging import ForgetTasks, purge
from kaiga.store.sqlite.requests import read_request
from kaiga.store.sqlite.searching import search
from kaiga.store.sqlite.task_rows import encode_keys, read_attempts, read_tasks
from kaiga.store.sqlite.waiting import WaitingTasks
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

A = TypeVar("A")
R = TypeVar("R")

_BY_IDS = "WHERE id IN (SELECT value FROM json_each(?))"
_MATCHING = """
    WHERE account = ?1 AND id >= ?2 AND id < ?3 AND (expires_ms IS NULL OR expires_ms > ?4)
        AND (?5 IS NULL OR id = ?5) AND (?6 IS NULL OR model = ?6)
        AND (?7 IS NULL OR status = ?7) AND (?8 IS NULL OR key_id = ?8)
        AND region IN ('', ?9)
"""
_PAGE = f"{_MATCHING} ORDER BY id DESC LIMIT ?10 OFFSET ?11"
_COUNT = f"SELECT count(*) FROM tasks {_MATCHING}"  # noqa: S608  a constant of this module
_SUBMISSION = f"{FIND_SUBMISSION} AND expires_ms > ?"
_NAMED = """
    WITH asked AS MATERIALIZED (SELECT value AS key FROM json_each(?))
    SELECT object_key FROM results WHERE object_key IN asked
    UNION SELECT object_key FROM inputs WHERE object_key IN asked
    UNION SELECT request_object FROM tasks WHERE request_object IN asked
    UNION SELECT object_key FROM uploads WHERE object_key IN asked
"""
_UNDER_WAY = """
    SELECT asked.value ->> 0 FROM json_each(?) AS asked
    JOIN tasks ON tasks.id = asked.value ->> 1 AND tasks.attempt = asked.value ->> 2
    WHERE tasks.status = 'RUNNING'
"""
_WITH_THUMBNAIL = """
    SELECT asked.value ->> 0 FROM json_each(?) AS asked JOIN tasks ON tasks.id = asked.value ->> 1
"""
_FIRST_OF_LANE = """
    SELECT id FROM tasks WHERE account = ? AND catalogue_model = ? AND status = 'PENDING'
    ORDER BY rank_ms, id LIMIT ?
"""
# The plus keeps SQLite from walking all tasks of the account: few run, and they have an index.
_RUNNING_OF_ACCOUNT = """
    WHERE status = 'RUNNING' AND +account = ? AND region IN ('', ?)
"""
_WAITING_OF_ACCOUNT = """
    WHERE status = 'PENDING' AND account = ? AND region IN ('', ?) LIMIT ?
"""
_DEPTH = """
    SELECT (SELECT count(*) FROM tasks WHERE status = 'PENDING'),
           (SELECT count(*) FROM tasks WHERE status = 'RUNNING')
"""


class SqliteTaskStore:
    """Implements the port `TaskStore`; its promises are told there."""

    def __init__(
        self,
        database: SqliteDatabase,
        policy: QueuePolicy | None = None,
        *,
        retries: int = USUAL_RETRIES,
    ) -> None:
        self._waiting = waiting = WaitingTasks(policy or LimitBook())
        self._announcements = Announcements()
        self._add = AddTasks(waiting, self._announcements)
        self._claims = ClaimTasks(waiting)
        self._ends = EndTasks(waiting, self._announcements, retries)
        self._finish = FinishTasks(waiting, self._announcements)
        self._stop_tasks = StopTasks(self._ends)
        self._forget_tasks = ForgetTasks(waiting)
        self._writer = database.writer
        self._writer.on_undone(waiting.doubt)
        self._writer.sync_later(self._claims.claim)
        self._writer.sync_later(renew)
        self._lists = database.lists
        self._lookups = database.lookups
        self._lookup = BatchedLookup(self._find_tasks)
        self._change_listeners: list[Callable[[Sequence[TaskId]], None]] = []
        self._adding_listeners: list[Callable[[str], None]] = []
        self._waiting_listeners: list[Callable[[], None]] = []
        self._announced_listeners: list[Callable[[], None]] = []

    async def add(self, new: NewTask) -> None:
        """See the port."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.begin_add(new, partial(settle, done))
        await done

    def begin_add(self, new: NewTask, on_done: Callable[[Exception | None], None]) -> None:
        """See the port."""

        def tell(error: Exception | None) -> None:
            if error is None:
                self._tell_added(new.task)
            on_done(error)

        if new.task.status is TaskStatus.PENDING:
            for listener in self._adding_listeners:
                listener(new.task.catalogue_model)
        self._writer.begin(self._add, AddWanted(new=new, row=make_row(new)), tell)

    async def find(self, task_id: TaskId) -> Task | None:
        """See the port."""
        return await self._lookup.find(task_id) if is_task_id(task_id) else None

    async def find_submission(
        self, account: AccountId, workspace: WorkspaceId, mark: IdempotencyMark, now: datetime
    ) -> SubmittedBefore | None:
        """See the port."""
        submitted = (account, workspace, mark.key, to_milliseconds(now))

        def read(connection: apsw.Connection) -> SubmittedBefore | None:
            found = connection.execute(_SUBMISSION, submitted).fetchone()
            return None if found is None else submitted_before_from_row(found, mark)

        return await self._lookups.read(read)

    async def list_page(self, wanted: TaskFilter, page: int, page_size: int) -> TaskPage:
        """See the port."""
        matching = (
            wanted.account,
            first_task_id_at(wanted.submitted_from),
            first_task_id_at(wanted.submitted_before),
            to_milliseconds(wanted.now),
            wanted.task_id,
            wanted.model,
            wanted.status.value if wanted.status else None,
            wanted.key_id,
            wanted.region,
        )

        def read(connection: apsw.Connection) -> TaskPage:
            paging = (page_size, (page - 1) * page_size)
            counted = connection.execute(_COUNT, matching).fetchone()
            tasks = read_tasks(connection, _PAGE, (*matching, *paging))
            return TaskPage(
                tasks=tuple(tasks.values()), total=int(str(counted[0])) if counted else 0
            )

        return await self._lists.read(read)

    async def search(self, wanted: TaskSearch, limit: int) -> FoundTasks:
        """See the port."""
        return await self._lists.read(lambda connection: search(connection, wanted, limit))

    async def find_request(self, task_id: TaskId) -> StoredRequest | None:
        """See the port."""
        return await self._lookups.read(lambda connection: read_request(connection, task_id))

    async def cancel(
        self, account: AccountId, region: str, task_id: TaskId, now: datetime, expires_at: datetime
    ) -> bool:
        """See the port."""
        wanted = CancelWanted(
            account=account, region=region, task_id=task_id, now=now, expires_at=expires_at
        )
        return await self._write(
            self._ends.cancel, wanted, lambda done: self._tell([task_id] if done else ())
        )

    async def request_cancel(
        self, account: AccountId, region: str, task_id: TaskId, now: datetime, expires_at: datetime
    ) -> TaskStatus | None:
        """See the port."""
        wanted = CancelWanted(
            account=account, region=region, task_id=task_id, now=now, expires_at=expires_at
        )
        return await self._write(
            self._stop_tasks, wanted, lambda status: self._tell([task_id] if status else ())
        )

    async def keep(
        self,
        account: AccountId,
        region: str,
        task_id: TaskId,
        now: datetime,
        keep_for: timedelta,
    ) -> datetime | None:
        """See the port."""
        wanted = KeepWanted(
            account=account, region=region, task_id=task_id, now=now, keep_for=keep_for
        )
        return await self._write(
            keep, wanted, lambda expires_at: self._tell([task_id] if expires_at else ())
        )

    async def expire(self, account: AccountId, region: str, task_id: TaskId, now: datetime) -> bool:
        """See the port."""
        wanted = ExpireWanted(account=account, region=region, task_id=task_id, now=now)
        return await self._write(expire, wanted, lambda done: self._tell([task_id] if done else ()))

    async def find_waiting(self, wanted: WaitingFilter, limit: int) -> Sequence[WaitingTask]:
        """See the port."""
        return await self._lists.read(lambda connection: find_waiting(connection, wanted, limit))

    async def fail_overdue(
        self, longest_wait: timedelta, now: AccountTime, retention: timedelta, limit: int
    ) -> int:
        """See the port; they are looked for beside the writer, which has to change them alone."""
        overdue = await self._lists.read(
            lambda connection: find_overdue(connection, longest_wait, now, retention, limit)
        )
        if not overdue:
            return 0
        failed = await self._write(self._ends.fail_overdue, overdue, self._tell)
        return len(failed)

    async def list_attempts(self, task_id: TaskId) -> Sequence[Attempt]:
        """See the port."""
        return await self._lookups.read(lambda connection: read_attempts(connection, task_id))

    async def claim(
        self, models: frozenset[str], lease: Lease, free_slots: int, engine: str, now: AccountTime
    ) -> Sequence[Claim]:
        """See the port."""
        wanted = ClaimWanted(
            models=models, lease=lease, free_slots=free_slots, engine=engine, now=now
        )
        return await self._write(
            self._claims.claim,
            wanted,
            lambda claims: self._tell([claim.task.id for claim in claims]),
        )

    async def renew(self, claims: Collection[Claim], lease: Lease) -> frozenset[tuple[TaskId, int]]:
        """See the port."""
        wanted = RenewWanted(claims=tuple(claims), lease=lease)
        return await self._writer.write(renew, wanted)

    async def finish(
        self, claim: Claim, outcome: Outcome, now: datetime, expires_at: datetime
    ) -> None:
        """See the port."""
        wanted = FinishWanted(claim=claim, outcome=outcome, now=now, expires_at=expires_at)
        await self._write(self._finish, wanted, lambda _: self._tell([claim.task.id]))

    async def give_back(
        self, claim: Claim, cause: AttemptCause, now: datetime, expires_at: datetime
    ) -> None:
        """See the port."""
        wanted = GiveBackWanted(claim=claim, cause=cause, now=now, expires_at=expires_at)
        await self._write(
            self._ends.give_back, wanted, lambda _: self._tell([claim.task.id], waiting=True)
        )

    async def recover(self, lease_now: float, now: AccountTime, retention: timedelta) -> int:
        """See the port."""
        wanted = RecoverWanted(lease_now=lease_now, now=now, retention=retention)
        recovered = await self._write(
            self._ends.recover, wanted, lambda ids: self._tell(ids, waiting=bool(ids))
        )
        return len(recovered)

    async def purge_expired(self, now: datetime, limit: int) -> PurgedTasks:
        """See the port."""
        wanted = PurgeWanted(now=now, limit=limit)
        return await self._write(purge, wanted, lambda purged: self._tell(purged.task_ids))

    async def forget_tasks(self, account: AccountId, limit: int) -> PurgedTasks:
        """See the port."""
        wanted = ForgetWanted(account=account, limit=limit)
        return await self._write(
            self._forget_tasks, wanted, lambda forgotten: self._tell(forgotten.task_ids)
        )

    async def find_named_objects(self, keys: Sequence[ObjectKey]) -> frozenset[ObjectKey]:
        """See the port."""
        named_by_rows = (encode_keys(keys),)
        attempts = [(key, *attempt) for key in keys if (attempt := attempt_of_object(key))]
        under_way = (msgspec.json.encode(attempts).decode(),)
        thumbnails = [(key, task_id) for key in keys if (task_id := task_of_thumbnail(key))]
        shown = (msgspec.json.encode(thumbnails).decode(),)

        def read(connection: apsw.Connection) -> frozenset[ObjectKey]:
            rows = connection.execute(_NAMED, named_by_rows).fetchall()
            rows += connection.execute(_UNDER_WAY, under_way).fetchall()
            rows += connection.execute(_WITH_THUMBNAIL, shown).fetchall()
            return frozenset(ObjectKey(str(row[0])) for row in rows)

        return await self._lists.read(read)

    async def list_waiting(self, lane: Lane, limit: int) -> Sequence[TaskId]:
        """See the port."""

        def read(connection: apsw.Connection) -> Sequence[TaskId]:
            rows = connection.execute(_FIRST_OF_LANE, (*lane, limit))
            return [TaskId(str(row[0])) for row in rows]

        return await self._lists.read(read)

    async def list_unfinished(self, account: AccountId, region: str, limit: int) -> Sequence[Task]:
        """See the port."""

        def read(connection: apsw.Connection) -> Sequence[Task]:
            running = read_tasks(connection, _RUNNING_OF_ACCOUNT, (account, region))
            waiting = read_tasks(connection, _WAITING_OF_ACCOUNT, (account, region, limit))
            return [*running.values(), *waiting.values()]

        return await self._lists.read(read)

    async def measure_queue(self) -> QueueDepth:
        """See the port."""

        def read(connection: apsw.Connection) -> QueueDepth:
            row = connection.execute(_DEPTH).fetchone()
            pending, running = (int(str(value)) for value in row or (0, 0))
            return QueueDepth(pending=pending, running=running)

        return await self._lists.read(read)

    async def measure_models(self) -> Sequence[ModelQueue]:
        """See the port."""
        return await self._lists.read(measure_models)

    async def find_times(self, task_ids: Sequence[TaskId]) -> Sequence[TaskTimes]:
        """See the port."""
        return await self._lookups.read(lambda connection: read_times(connection, task_ids))

    def on_change(self, listener: Callable[[Sequence[TaskId]], None]) -> None:
        """See the port."""
        self._change_listeners.append(listener)

    def on_waiting(self, listener: Callable[[], None]) -> None:
        """See the port."""
        self._waiting_listeners.append(listener)

    def on_adding(self, listener: Callable[[str], None]) -> None:
        """See the port."""
        self._adding_listeners.append(listener)

    def on_announced(self, listener: Callable[[], None]) -> None:
        """See the port."""
        self._announced_listeners.append(listener)

    async def _write(self, kind: WriteKind[A, R], wanted: A, tell: Callable[[R], None]) -> R:
        """Write, and tell of it once it is durable, also where the caller has gone by then."""
        answer: asyncio.Future[R] = asyncio.get_running_loop().create_future()

        def tell_and_settle(outcome: R | Exception) -> None:
            try:
                if not isinstance(outcome, Exception):
                    tell(outcome)
            finally:
                settle(answer, outcome)

        self._writer.begin(kind, wanted, tell_and_settle)
        return await answer

    def _tell_added(self, task: Task) -> None:
        if task.status is TaskStatus.PENDING:
            self._tell((), waiting=True)
        else:
            self._tell_announced([task.id])

    def _tell(self, changed: Sequence[TaskId], *, waiting: bool = False) -> None:
        if changed:
            for change_listener in self._change_listeners:
                change_listener(changed)
            self._tell_announced(changed)
        if waiting or self._waiting.find_room_again():
            for waiting_listener in self._waiting_listeners:
                waiting_listener()

    def _tell_announced(self, ended: Sequence[TaskId]) -> None:
        if self._announcements.take(ended):
            for listener in self._announced_listeners:
                listener()

    async def _find_tasks(self, ids: Sequence[TaskId]) -> Mapping[TaskId, Task]:
        return await self._lookups.read(
            lambda connection: read_tasks(connection, _BY_IDS, (encode_keys(ids),))
        )
