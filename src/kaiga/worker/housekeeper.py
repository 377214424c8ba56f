"""Purges, sweeps and flushes, on and on, in small steps."""

import asyncio

import structlog

from kaiga.domain.errors import StoreUnavailable
from kaiga.service.keys.key_ring import KeyRing
from kaiga.service.running.fail_overdue import FailOverdue
from kaiga.service.tending.keep_house import PurgeExpired, SweepObjects
from kaiga.worker.repeating import repeat_for_ever

_log = structlog.get_logger(__name__)
_BETWEEN_STEPS_SECONDS = 0.05  # creates come first; a large purge may take its time


class Housekeeper:
    """Runs what has to be done now and then; an unreachable store only makes it wait."""

    def __init__(
        self,
        *,
        purge: PurgeExpired,
        sweep: SweepObjects,
        fail_overdue: FailOverdue,
        key_ring: KeyRing,
        purge_seconds: float,
        sweep_seconds: float,
    ) -> None:
        self._purge = purge
        self._sweep = sweep
        self._fail_overdue = fail_overdue
        self._key_ring = key_ring
        self._purge_seconds = purge_seconds
        self._sweep_seconds = sweep_seconds

    async def run(self) -> None:
        """Work until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(repeat_for_ever("purging", self._purge_and_flush))
            group.create_task(repeat_for_ever("sweeping", self._sweep_once))
            group.create_task(repeat_for_ever("overdue", self._fail_some_overdue))

    async def stop(self) -> None:
        """Record what has not been recorded yet."""
        try:
            await self._key_ring.flush_uses()
        except StoreUnavailable:
            _log.warning("when keys were last used could not be recorded")

    async def _purge_and_flush(self) -> None:
        has_more = await self._purge()
        await self._key_ring.flush_uses()
        await asyncio.sleep(_BETWEEN_STEPS_SECONDS if has_more else self._purge_seconds)

    async def _fail_some_overdue(self) -> None:
        has_more = await self._fail_overdue()
        await asyncio.sleep(_BETWEEN_STEPS_SECONDS if has_more else self._purge_seconds)

    async def _sweep_once(self) -> None:
        removed = await self._sweep()
        if removed:
            _log.info("removed objects that nothing names", count=removed)
        await asyncio.sleep(self._sweep_seconds)
