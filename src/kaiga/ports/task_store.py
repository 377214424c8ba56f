"""Where a task's status is decided."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from kaiga.domain.errors import SubmittedBefore
from kaiga.domain.ids import AccountId, KeyId, Lane, ObjectKey, TaskId, WorkspaceId
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
)
from kaiga.domain.timings import TaskTimes

AccountTime = Callable[[AccountId], datetime]
"""The present as an account sees it."""


class TaskFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which tasks of one account a list shows: all conditions hold, None asks nothing.

    The span is by submission, `submitted_from` inside it and `submitted_before` not.
    """

    account: AccountId
    region: str
    submitted_from: datetime
    submitted_before: datetime
    now: datetime
    task_id: str | None = None
    model: str | None = None
    status: TaskStatus | None = None
    key_id: str | None = None


class TaskPage(msgspec.Struct, frozen=True, kw_only=True):
    """One page of a list, newest first, and how many tasks the filter matches in all."""

    tasks: Sequence[Task]
    total: int


class TaskSearch(msgspec.Struct, frozen=True, kw_only=True):
    """Which tasks of one account are looked for: all conditions hold, None asks nothing.

    `id_part` is any text of the id; `model` is the name as written or the catalogue's, and
    `models` are several of the catalogue's.
    `older_than` and `newer_than` are ids, and name where the last stretch ended: what follows
    them is wanted, in the one direction or the other.
    """

    account: AccountId
    region: str
    now: datetime
    id_part: str | None = None
    model: str | None = None
    models: frozenset[str] | None = None
    status: TaskStatus | None = None
    submitted_from: datetime | None = None
    submitted_before: datetime | None = None
    older_than: str | None = None
    newer_than: str | None = None

    @property
    def is_picky(self) -> bool:
        """Whether most tasks may be passed over; else the first ones are found at once."""
        return bool(self.id_part or self.model or self.status) or self.models is not None


class FoundTasks(msgspec.Struct, frozen=True, kw_only=True):
    """What a search came to, newest first.

    `stopped_at` is the id at which it was left with more to look through, in its direction: it is
    None where all was looked through, or where as many were found as were wanted.
    """

    tasks: Sequence[Task]
    stopped_at: TaskId | None = None


class PurgedTasks(msgspec.Struct, frozen=True, kw_only=True):
    """Tasks that were forgotten, and the objects that they named.

    `submissions` counts creates that are known as repeatable no longer.
    """

    task_ids: Sequence[TaskId]
    objects: Sequence[ObjectKey]
    submissions: int = 0


class QueueDepth(msgspec.Struct, frozen=True, kw_only=True):
    """How many tasks wait and how many run."""

    pending: int
    running: int


class ModelQueue(msgspec.Struct, frozen=True, kw_only=True):
    """How many tasks of one model of the catalogue wait and run, over all accounts.

    `oldest_at` is when the oldest one that waits was submitted; None where none does.
    """

    model: str
    waiting: int = 0
    running: int = 0
    oldest_at: datetime | None = None


class WaitingFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which waiting tasks of one account are meant: all conditions hold, None asks nothing."""

    account: AccountId
    submitted_before: datetime
    region: str | None = None
    key_id: KeyId | None = None


class WaitingTask(msgspec.Struct, frozen=True):
    """A task that waited a moment ago, and the region that a cancel of it has to name."""

    id: TaskId
    region: str


class TaskStore(Protocol):
    """The truth about tasks; every method is atomic, and durable on return but for two.

    Renewals are durable with the next write of another kind. So are claims where workers end with
    the store: a power cut before that makes of what runs what a restart makes of it anyway, a task
    that waits. Past one machine a claim is durable on return, since its worker may live on.

    All methods raise `StoreUnavailable` where the database did not answer or did not take the
    data; then nothing was changed.

    An end, whichever method brings it, puts one row into the `Outbox` for each address that is
    to be told: the task's own, and those that its account has and that are not disabled.
    """

    async def add(self, new: NewTask) -> None:
        """Record a task. One that is already final announces its end in the same transaction.

        Raises:
            QueueFull: its lane has as many waiting tasks as it may have; nothing was recorded.
            SubmittedBefore: a task with the same idempotency key, of the same account and
                workspace, is there; nothing was recorded.
        """
        ...

    def begin_add(self, new: NewTask, on_done: Callable[[Exception | None], None]) -> None:
        """Record a task as `add` does, with nobody awaiting it.

        `on_done` is called once and later than this returns, on the event loop: with None when
        the task is durable, else with what `add` would have raised.
        """
        ...

    async def find(self, task_id: TaskId) -> Task | None:
        """Give a task of any account, also an expired one that is not purged yet."""
        ...

    async def find_submission(
        self, account: AccountId, workspace: WorkspaceId, mark: IdempotencyMark, now: datetime
    ) -> SubmittedBefore | None:
        """Give which task was submitted under the key of `mark` and is not forgotten at `now`."""
        ...

    async def list_page(self, wanted: TaskFilter, page: int, page_size: int) -> TaskPage:
        """Give page `page` (from 1) of what matches and has not expired at `wanted.now`."""
        ...

    async def search(self, wanted: TaskSearch, limit: int) -> FoundTasks:
        """Give up to `limit` tasks that match and have not expired at `wanted.now`.

        They are the newest of all; after `older_than`, or before `newer_than`, those next to it.
        One call looks through some ten thousand tasks at most, so that none takes seconds.
        """
        ...

    async def find_request(self, task_id: TaskId) -> StoredRequest | None:
        """Give the request that a task of any account came from."""
        ...

    async def cancel(
        self, account: AccountId, region: str, task_id: TaskId, now: datetime, expires_at: datetime
    ) -> bool:
        """Make a PENDING task of `account` in `region` CANCELED; False where there is none."""
        ...

    async def request_cancel(
        self, account: AccountId, region: str, task_id: TaskId, now: datetime, expires_at: datetime
    ) -> TaskStatus | None:
        """Stop a task of `account` in `region`, whether it waits or runs.

        One that waits is CANCELED, which is the answer. One that runs is noted as to be stopped,
        once and for good, and the answer is RUNNING: its worker stops it; whatever ends the
        attempt without ending the task makes it CANCELED too, so that it never waits again. The
        answer is None where there is neither.
        """
        ...

    async def keep(
        self,
        account: AccountId,
        region: str,
        task_id: TaskId,
        now: datetime,
        keep_for: timedelta,
    ) -> datetime | None:
        """Have an ended task of `account` in `region` expire no earlier than `keep_for` its end.

        Gives when it expires then, which is never earlier than before; None where there is no such
        task, or it has not ended, or has expired at `now`.
        """
        ...

    async def expire(self, account: AccountId, region: str, task_id: TaskId, now: datetime) -> bool:
        """Have an ended task of `account` in `region` expire at `now`.

        False where there is no such task, or it has not ended, or had expired before.
        """
        ...

    async def find_waiting(self, wanted: WaitingFilter, limit: int) -> Sequence[WaitingTask]:
        """Give up to `limit` waiting tasks that match, in no order."""
        ...

    async def fail_overdue(
        self, longest_wait: timedelta, now: AccountTime, retention: timedelta, limit: int
    ) -> int:
        """Fail up to `limit` tasks that have waited for too long; gives how many.

        A task waits since its submission, or since its last attempt has ended.
        """
        ...

    async def list_attempts(self, task_id: TaskId) -> Sequence[Attempt]:
        """Give the attempts of a task, the first one first."""
        ...

    async def claim(
        self, models: frozenset[str], lease: Lease, free_slots: int, engine: str, now: AccountTime
    ) -> Sequence[Claim]:
        """Give up to `free_slots` waiting tasks for `models` to the lease's worker.

        Eligible: PENDING, in a lane with fewer tasks running than its limit. Accounts share by
        their weights, as `domain/fair_queue` has it, the models of one account take turns, and
        in a lane the task of the lowest rank comes first: the time of its submission, moved
        forward by its priority. Two callers never receive the same task under live leases. The
        claim sets RUNNING, `scheduled_at` (by the account's own calendar), `engine` and the next
        `attempt`.
        """
        ...

    async def renew(self, claims: Collection[Claim], lease: Lease) -> frozenset[tuple[TaskId, int]]:
        """Move the deadline of the claims that the lease's worker still holds.

        Gives the (task id, attempt) pairs that are held; one that is missing is lost.
        """
        ...

    async def finish(
        self, claim: Claim, outcome: Outcome, now: datetime, expires_at: datetime
    ) -> None:
        """End the claimed task: status, results, usage and outbox rows in one transaction.

        Raises:
            LeaseLost: another attempt has begun, or the task has ended; nothing was written.
        """
        ...

    async def give_back(
        self, claim: Claim, cause: AttemptCause, now: datetime, expires_at: datetime
    ) -> None:
        """End the claim's attempt, and not its task: it waits again as PENDING.

        With no tries left for `cause` (domain/lifetimes) the task is FAILED instead, and CANCELED
        where that was asked for.

        Raises:
            LeaseLost: another attempt has begun, or the task has ended; nothing was written.
        """
        ...

    async def recover(self, lease_now: float, now: AccountTime, retention: timedelta) -> int:
        """Give back every attempt whose lease has lapsed at `lease_now`; gives how many.

        The cause is that its worker was lost. A lease lapses on its deadline, not after it.
        """
        ...

    async def purge_expired(self, now: datetime, limit: int) -> PurgedTasks:
        """Forget up to `limit` tasks that have expired, and as many submissions.

        Rows of the usage ledger stay. An unfinished task never expires.
        """
        ...

    async def forget_tasks(self, account: AccountId, limit: int) -> PurgedTasks:
        """Forget up to `limit` tasks of an account, also such as wait or run.

        Who runs one finds that it has lost its lease. Nobody is told of an end. With no ids
        given none is left.
        """
        ...

    async def find_named_objects(self, keys: Sequence[ObjectKey]) -> frozenset[ObjectKey]:
        """Give those of `keys` that a row names, or that belong to an attempt that is running.

        A thumbnail is named for as long as its task is there.
        """
        ...

    async def list_waiting(self, lane: Lane, limit: int) -> Sequence[TaskId]:
        """Give the first `limit` tasks that wait in a lane, in the order of their claims."""
        ...

    async def list_unfinished(self, account: AccountId, region: str, limit: int) -> Sequence[Task]:
        """Give an account's tasks in a region that run, and of those that wait up to `limit`."""
        ...

    async def measure_queue(self) -> QueueDepth:
        """Count waiting and running tasks."""
        ...

    async def measure_models(self) -> Sequence[ModelQueue]:
        """Count waiting and running tasks by model, those with none left out.

        It walks the index of all that waits: about 0.1 s for a million.
        """
        ...

    async def find_times(self, task_ids: Sequence[TaskId]) -> Sequence[TaskTimes]:
        """Give when tasks of any account, and their attempts, began and ended; in any order."""
        ...

    def on_change(self, listener: Callable[[Sequence[TaskId]], None]) -> None:
        """Have `listener` called with the ids of tasks after their change is durable.

        A hint: it may be late, doubled or, past one machine, missing.
        """
        ...

    def on_waiting(self, listener: Callable[[], None]) -> None:
        """Have `listener` called when tasks may have begun to wait: a hint as well."""
        ...

    def on_adding(self, listener: Callable[[str], None]) -> None:
        """Have `listener` called with the model of each task that is about to be recorded to wait.

        A hint, by the catalogue's name and before the task can be read: a claim that begins within
        the same turn of the event loop may be part of the same commit. A store that keeps claims
        in commits of their own never calls it.
        """
        ...

    def on_announced(self, listener: Callable[[], None]) -> None:
        """Have `listener` called when an end may have put notices into the outbox: a hint too."""
        ...
