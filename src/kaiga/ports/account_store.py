"""Accounts as a whole: what they have, and how all of it is forgotten. Emulators ask for that."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from kaiga.domain.ids import AccountId, ObjectKey, TaskId
from kaiga.domain.keys import Role
from kaiga.domain.tasks import Attempt, NewTask, Task


class RecordedTask(msgspec.Struct, frozen=True, kw_only=True):
    """A task with all that is kept of it; `request` is None where it was too large for its row."""

    task: Task
    request: bytes | None
    attempts: Sequence[Attempt]


class KnownKey(msgspec.Struct, frozen=True, kw_only=True):
    """A live key by its first characters and the keyed hash of the whole."""

    account: AccountId
    prefix: str
    hash: bytes
    role: Role
    region: str | None
    created_at: datetime
    last_used_at: datetime | None


class ForgottenThings(msgspec.Struct, frozen=True, kw_only=True):
    """What a step has forgotten: how many rows, and the objects that they named."""

    rows: int
    objects: Sequence[ObjectKey]


class AccountStore(Protocol):
    """All that belongs to an account.

    All methods raise `StoreUnavailable` where the database did not answer or did not take the
    data; then nothing was changed.
    """

    async def list_tasks(
        self, account: AccountId, before: TaskId | None, limit: int
    ) -> Sequence[RecordedTask]:
        """Give up to `limit` tasks, also expired ones, of all regions, newest first.

        With `before` they are older than that one.
        """
        ...

    async def list_keys(self, account: AccountId | None, limit: int) -> Sequence[KnownKey]:
        """Give up to `limit` live keys of an account, or of all."""
        ...

    async def add_ended(self, new: NewTask) -> bool:
        """Record a task that has ended, its results and its usage, and announce no end.

        False, and nothing changed, where a task of that id is there.
        """
        ...

    async def forget_some(self, account: AccountId, limit: int) -> ForgottenThings:
        """Forget up to `limit` of each: uploads, webhooks, notices, submissions, and usage.

        Tasks are forgotten by `TaskStore.forget_tasks`. With nothing forgotten none is left.
        """
        ...

    async def remove(self, account: AccountId) -> None:
        """Forget that there is such an account, and its keys."""
        ...

    async def list_accounts(self) -> Sequence[AccountId]:
        """Give every account that a key was ever made for."""
        ...

    async def count_accounts(self, prefix: str) -> int:
        """Count the accounts whose name begins with `prefix`."""
        ...

    async def find_idle(self, prefix: str, limit: int) -> Sequence[AccountId]:
        """Give accounts whose name begins with `prefix` and that have no unfinished task.

        Those come first whose keys were not used for longest.
        """
        ...

    async def measure_bytes(self) -> int:
        """Give how much the store has written, without what it may write anew."""
        ...
