"""How long the queue of each model is, counted seldom enough that counting costs little."""

import asyncio
import time
from collections.abc import Sequence

from kaiga.ports.task_store import ModelQueue, TaskStore

_WORTH_REMEMBERING_SECONDS = 0.05
_LARGEST_SHARE = 0.05
"""The part of the time that may go into counting. A million waiting tasks take 0.1 s, so they are
counted every 2 s at most, and five million every 10 s."""


class WatchQueue:
    """Many may ask at once and often; they share one count."""

    def __init__(self, store: TaskStore) -> None:
        self._store = store
        self._counting: asyncio.Future[Sequence[ModelQueue]] | None = None
        self._known: Sequence[ModelQueue] = ()
        self._good_until = 0.0

    async def __call__(self) -> Sequence[ModelQueue]:
        """Give the models that have waiting or running tasks, by name.

        Raises:
            StoreUnavailable: the store did not answer.
        """
        if time.monotonic() < self._good_until:
            return self._known
        if self._counting is None:
            self._counting = asyncio.ensure_future(self._count())
        return await asyncio.shield(self._counting)

    async def _count(self) -> Sequence[ModelQueue]:
        started = time.monotonic()
        try:
            self._known = await self._store.measure_models()
        finally:
            self._counting = None
        cost_seconds = time.monotonic() - started
        if cost_seconds > _WORTH_REMEMBERING_SECONDS:
            self._good_until = started + cost_seconds / _LARGEST_SHARE
        return self._known
