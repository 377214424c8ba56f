"""What the kinds of write of both databases are given, one at a time of each batch."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from kaiga.domain.ids import AccountId, TaskId
from kaiga.domain.tasks import AttemptCause, Claim, Lease, NewTask, Outcome
from kaiga.ports.task_store import AccountTime
from kaiga.store.rows import Row


class AddWanted(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A task to be recorded, and its row, made on the event loop: the writer has more to do."""

    new: NewTask
    row: Row


class ClaimWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `claim`."""

    models: frozenset[str]
    lease: Lease
    free_slots: int
    engine: str
    now: AccountTime


class ChosenWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `claim_these`."""

    scheduled_at: Mapping[TaskId, datetime]
    lease: Lease
    engine: str


class RenewWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `renew`."""

    claims: tuple[Claim, ...]
    lease: Lease


class FinishWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `finish`."""

    claim: Claim
    outcome: Outcome
    now: datetime
    expires_at: datetime


class GiveBackWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `give_back`."""

    claim: Claim
    cause: AttemptCause
    now: datetime
    expires_at: datetime


class RecoverWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `recover`."""

    lease_now: float
    now: AccountTime
    retention: timedelta


class CancelWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `cancel`."""

    account: AccountId
    region: str
    task_id: TaskId
    now: datetime
    expires_at: datetime


class OverdueTask(msgspec.Struct, frozen=True):
    """A task that has waited for too long, as it was seen a moment ago: after which attempt."""

    id: TaskId
    attempt: int
    now: datetime
    expires_at: datetime


class KeepWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `keep`."""

    account: AccountId
    region: str
    task_id: TaskId
    now: datetime
    keep_for: timedelta


class ExpireWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `expire`."""

    account: AccountId
    region: str
    task_id: TaskId
    now: datetime


class PurgeWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `purge_expired`."""

    now: datetime
    limit: int


class ForgetWanted(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `forget_tasks`."""

    account: AccountId
    limit: int
