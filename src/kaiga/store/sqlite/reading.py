"""Reads, away from the event loop and from the writer."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import apsw

from kaiga.domain.errors import StoreUnavailable
from kaiga.store.sqlite.connecting import UNAVAILABLE_ERRORS

R = TypeVar("R")


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
