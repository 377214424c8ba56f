"""Lookups that wait share one query."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")
R = TypeVar("R")

_LARGEST_BATCH = 500


class BatchedLookup(Generic[K, R]):
    """Lookups by key: those that wait while a query runs go into the next one together."""

    def __init__(self, read: Callable[[Sequence[K]], Awaitable[Mapping[K, R]]]) -> None:
        self._read = read
        self._waiting: dict[K, list[asyncio.Future[R | None]]] = {}
        self._reader: asyncio.Task[None] | None = None

    def find(self, key: K) -> asyncio.Future[R | None]:
        """Give what is stored under `key` now, or None.

        Raises (through the future):
            StoreUnavailable: the database did not answer.
        """
        future: asyncio.Future[R | None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, []).append(future)
        if self._reader is None:
            self._reader = asyncio.create_task(self._read_waiting())
        return future

    async def _read_waiting(self) -> None:
        try:
            while self._waiting:
                keys = list(self._waiting)[:_LARGEST_BATCH]
                batch = {key: self._waiting.pop(key) for key in keys}
                await self._read_batch(batch)
        finally:
            self._reader = None

    async def _read_batch(self, batch: Mapping[K, Sequence[asyncio.Future[R | None]]]) -> None:
        error: Exception | None = None
        found: Mapping[K, R] = {}
        try:
            found = await self._read(list(batch))
        except Exception as raised:  # noqa: BLE001  each waiting caller gets it, none is left hanging
            error = raised
        for key, futures in batch.items():
            for future in futures:
                if future.done():
                    continue
                if error is None:
                    future.set_result(found.get(key))
                else:
                    future.set_exception(error)
