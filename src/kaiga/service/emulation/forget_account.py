"""Takes an account back to where it was when its key was first shown."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from kaiga.domain.ids import AccountId
from kaiga.ports.account_store import AccountStore
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.task_store import TaskStore
from kaiga.service.limits.manage_limits import ManageLimits

_STEP = 200
"""Rows forgotten in one transaction: few, so that others' creates hardly notice."""


class Forgotten(msgspec.Struct, frozen=True, kw_only=True):
    """How much was forgotten of an account."""

    tasks: int
    objects: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetAccount:
    """Forgets all that an account has, and has what was set for it forgotten; its keys stay good.

    That is: tasks, such as run too, results, uploads, webhooks, notices, limits and usage.
    """

    tasks: TaskStore
    accounts: AccountStore
    objects: ObjectStore
    limits: ManageLimits
    listeners: Sequence[Callable[[AccountId], None]]
    """Called with the account, for what others keep in memory for it."""

    async def __call__(self, account: AccountId) -> Forgotten:
        """Forget in bounded steps; what an engine is at is stopped.

        Raises:
            StoreUnavailable, ObjectsUnavailable: some of it is left; the next call goes on.
        """
        for listener in self.listeners:
            listener(account)
        await self.limits.forget_account(account)
        tasks = objects = 0
        while (purged := await self.tasks.forget_tasks(account, _STEP)).task_ids:
            await self.objects.delete(purged.objects)
            tasks += len(purged.task_ids)
            objects += len(purged.objects)
        while (things := await self.accounts.forget_some(account, _STEP)).rows:
            await self.objects.delete(things.objects)
            objects += len(things.objects)
        return Forgotten(tasks=tasks, objects=objects)
