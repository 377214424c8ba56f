"""Reads, away from the event loop and from the writer; lookups that wait share one query."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

import apsw

from kaiga.domain.errors import StoreUnavailable
from kaiga.store.sqlite.connecting import UNAVAILABLE_ERRORS

K = TypeVar("K")
R = TypeVar("R")

_LARGEST_BATCH = 500


class ReadThread:
    """One reading connection and the thread that owns it."""

    def __init__(self, connection: apsw.Connection, name: str) -> None:
        self._connection = connection
        self._is_closed = False
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix=name)

    async def read(self, query: Callable[[apsw.Connection], R]) -> R:
        """Run `query` on the thread; all it reads is of one moment.

        Raises:
            StoreUnavailable: the database did not answer, or is closed.
        """
        if self._is_closed:
            raise StoreUnavailable
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._executor, self._read_snapshot, query)
        except UNAVAILABLE_ERRORS as error:
            raise StoreUnavailable from error

    def _read_snapshot(self, query: Callable[[apsw.Connection], R]) -> R:
        self._connection.execute("BEGIN")
        try:
            return query(self._connection)
        finally:
            if self._connection.in_transaction:  # an I/O error ends it by itself
                self._connection.execute("COMMIT")

    def close(self) -> None:
        """Wait for the running query and end the thread; a later read is refused."""
        self._is_closed = True
        self._executor.shutdown(wait=True)
        self._connection.close()


class BatchedLookup(Generic[K, R]):
    """Lookups by key: those that wait while a query runs go into the next one together."""

    def __init__(
        self,
        thread: ReadThread,
        query: Callable[[apsw.Connection, Sequence[K]], Mapping[K, R]],
    ) -> None:
        self._thread = thread
        self._query = query
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
        keys = list(batch)
        error: Exception | None = None
        found: Mapping[K, R] = {}
        try:
            found = await self._thread.read(lambda connection: self._query(connection, keys))
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
