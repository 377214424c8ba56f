"""Where a task's status is decided."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec

from kaiga.domain.errors import SubmittedBefore
from kaiga.domain.ids import AccountId, Lane, ObjectKey, TaskId, WorkspaceId
from kaiga.domain.tasks import (
    AttemptCause,
    Claim,
    IdempotencyMark,
    Lease,
    NewTask,
    Outcome,
    Task,
    TaskStatus,
)

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


class TaskStore(Protocol):
    """The truth about tasks; every method is atomic, and durable on return.

    All methods raise `StoreUnavailable` where the database did not answer or did not take the
    data; then nothing was changed.
    """

    async def add(self, new: NewTask) -> None:
        """Record a task. One that is already final gets its outbox row in the same transaction.

        Raises:
            QueueFull: its lane has as many waiting tasks as it may have; nothing was recorded.
            SubmittedBefore: a task with the same idempotency key, of the same account and
                workspace, is there; nothing was recorded.
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

    async def cancel(
        self, account: AccountId, region: str, task_id: TaskId, now: datetime, expires_at: datetime
    ) -> bool:
        """Make a PENDING task of `account` in `region` CANCELED; False where there is none."""
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
        """End the claimed task: status, results, usage and outbox row in one transaction.

        Raises:
            LeaseLost: another attempt has begun, or the task has ended; nothing was written.
        """
        ...

    async def give_back(
        self, claim: Claim, cause: AttemptCause, now: datetime, expires_at: datetime
    ) -> None:
        """End the claim's attempt, and not its task: it waits again as PENDING.

        With no tries left for `cause` (domain/lifetimes) the task is FAILED instead.

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

    async def find_named_objects(self, keys: Sequence[ObjectKey]) -> frozenset[ObjectKey]:
        """Give those of `keys` that a row names, or that belong to an attempt that is running."""
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

    def on_change(self, listener: Callable[[Sequence[TaskId]], None]) -> None:
        """Have `listener` called with the ids of tasks after their change is durable.

        A hint: it may be late, doubled or, past one machine, missing.
        """
        ...

    def on_waiting(self, listener: Callable[[], None]) -> None:
        """Have `listener` called when tasks may have begun to wait: a hint as well."""
        ...
