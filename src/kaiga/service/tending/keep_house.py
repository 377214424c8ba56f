"""Forgets what has expired and removes what nothing names."""

from dataclasses import dataclass
from datetime import timedelta

from kaiga.domain.lifetimes import DELIVERY_RETENTION
from kaiga.ports.clock import Calendar
from kaiga.ports.object_store import ObjectStore
from kaiga.ports.outbox import Outbox
from kaiga.ports.task_store import TaskStore
from kaiga.ports.upload_store import UploadStore

_PURGE_STEP = 200
"""Rows forgotten in one transaction: few, so that creates in the same batch hardly notice."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PurgeExpired:
    """Removes expired tasks and uploads, then their objects, and old deliveries of notices.

    What a crash leaves between the two, the sweep takes.
    """

    store: TaskStore
    uploads: UploadStore
    outbox: Outbox
    objects: ObjectStore
    calendar: Calendar

    async def __call__(self) -> bool:
        """Take one small step; tells whether there may be more to do.

        Raises:
            StoreUnavailable, ObjectsUnavailable: the next step tries again.
        """
        now = self.calendar.real_now()
        purged = await self.store.purge_expired(now, _PURGE_STEP)
        await self.objects.delete(purged.objects)
        uploaded = await self.uploads.purge_uploads(now, _PURGE_STEP)
        await self.objects.delete(uploaded)
        told = await self.outbox.purge_deliveries(now - DELIVERY_RETENTION, _PURGE_STEP)
        return bool(purged.task_ids or purged.submissions or uploaded or told)


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepObjects:
    """Removes objects that no row names and that are too old to be about to be named."""

    store: TaskStore
    objects: ObjectStore
    calendar: Calendar
    oldest_unnamed: timedelta
    """A lease and a margin: an attempt that could still publish is younger than this."""

    async def __call__(self) -> int:
        """Look at every object once; gives how many were removed.

        Raises:
            StoreUnavailable, ObjectsUnavailable: the next sweep starts over.
        """
        removed = 0
        old_enough = self.calendar.real_now() - self.oldest_unnamed
        async for entries in self.objects.list_entries():
            keys = [entry.key for entry in entries if entry.stored_at <= old_enough]
            named = await self.store.find_named_objects(keys) if keys else frozenset[str]()
            orphans = [key for key in keys if key not in named]
            if orphans:
                await self.objects.delete(orphans)
                removed += len(orphans)
        return removed
