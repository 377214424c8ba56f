"""Keeps an emulator within its bounds, so that it can stand for weeks."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import structlog

from kaiga.domain.errors import AccountsFull
from kaiga.domain.ids import ObjectKey
from kaiga.ports.account_store import AccountStore
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.task_store import TaskStore
from kaiga.ports.upload_store import UploadStore
from kaiga.service.emulation.forget_account import ForgetAccount

_log = structlog.get_logger(__name__)
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)
"""By then everything that has ended has expired; what expires first goes first."""
_STEP = 20
_AT_ONCE = 100
"""Of so many accounts, one is forgotten at once: looking for idle ones walks all keys."""


class MeasuredObjects:
    """Implements `ObjectStore` over another one, and knows how much is in it."""

    def __init__(self, objects: ObjectStore) -> None:
        self._objects = objects
        self._sizes: dict[ObjectKey, int] = {}
        self.total_bytes = 0
        self.read_range = objects.read_range
        self.list_entries = objects.list_entries

    async def look(self) -> None:
        """Measure what is there already.

        Raises:
            ObjectsUnavailable: the store did not answer.
        """
        async for entries in self._objects.list_entries():
            for entry in entries:
                self._note(entry.key, entry.size_bytes)

    async def put(self, key: ObjectKey, content: bytes) -> None:
        """See the port."""
        await self._objects.put(key, content)
        self._note(key, len(content))

    async def put_file(self, key: ObjectKey, file: Path) -> None:
        """See the port."""
        await self._objects.put_file(key, file)
        self._note(key, await asyncio.to_thread(_size_of, file))

    async def delete(self, keys: Sequence[ObjectKey]) -> None:
        """See the port."""
        await self._objects.delete(keys)
        for key in keys:
            self.total_bytes -= self._sizes.pop(key, 0)

    def _note(self, key: ObjectKey, size_bytes: int) -> None:
        self.total_bytes += size_bytes - self._sizes.get(key, 0)
        self._sizes[key] = size_bytes


def _size_of(file: Path) -> int:
    return file.stat().st_size


@dataclass(frozen=True, slots=True, kw_only=True)
class BoundBytes:
    """Forgets the tasks that ended longest ago while more is kept than may be; uploads last."""

    tasks: TaskStore
    uploads: UploadStore
    accounts: AccountStore
    objects: MeasuredObjects
    most_bytes: int

    async def __call__(self) -> bool:
        """Take one small step; tells whether there may be more to do.

        Raises:
            StoreUnavailable, ObjectsUnavailable: the next step tries again.
        """
        kept = self.objects.total_bytes + await self.accounts.measure_bytes()
        if kept <= self.most_bytes:
            return False
        purged = await self.tasks.purge_expired(_END_OF_TIME, _STEP)
        objects = purged.objects
        if not purged.task_ids:
            objects = await self.uploads.purge_uploads(_END_OF_TIME, _STEP)
        await self.objects.delete(objects)
        return bool(purged.task_ids or objects)


@dataclass(slots=True, kw_only=True)
class BoundAccounts:
    """Makes room for one more account, where the bound is reached, by forgetting idle ones."""

    accounts: AccountStore
    forget: ForgetAccount
    prefix: str
    most: int
    _count: int | None = field(default=None, init=False)
    """At least as many as there are, once it was asked for."""

    async def make_room(self) -> None:
        """Return once one more account may be made.

        Raises:
            AccountsFull: every account has unfinished tasks.
            StoreUnavailable, ObjectsUnavailable: see `ForgetAccount`.
        """
        if self._count is None or self._count >= self.most:
            self._count = await self.accounts.count_accounts(self.prefix)
        if self._count >= self.most:
            await self._forget_idle(self._count - self.most + max(1, self.most // _AT_ONCE))
        self._count += 1

    async def _forget_idle(self, number: int) -> None:
        idle = await self.accounts.find_idle(self.prefix, number)
        if not idle:
            raise AccountsFull
        _log.info("forgetting the accounts that were idle for longest", count=len(idle))
        for account in idle:
            await self.forget(account)
            await self.accounts.remove(account)
        self._count = await self.accounts.count_accounts(self.prefix)
