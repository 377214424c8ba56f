"""Reads, over a few connections of their own."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from kaiga.domain.errors import StoreUnavailable
from kaiga.store.postgres.connecting import UNAVAILABLE_ERRORS, Connection, Pool

R = TypeVar("R")


class Reader:
    """Reads what is committed; each call may be answered by another connection."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def read(self, query: Callable[[Connection], Awaitable[R]]) -> R:
        """Run `query` with all that it reads being of one moment.

        Raises:
            StoreUnavailable: the database did not answer, or is closed.
        """
        try:
            async with (
                self._pool.acquire() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                return await query(connection)
        except UNAVAILABLE_ERRORS as error:
            raise StoreUnavailable from error

    async def fetch(self, statement: str, *bindings: object) -> Sequence[Sequence[Any]]:
        """Give the rows of one statement, which is of one moment by itself.

        Raises:
            StoreUnavailable: the database did not answer, or is closed.
        """
        try:
            async with self._pool.acquire() as connection:
                return await connection.fetch(statement, *bindings)
        except UNAVAILABLE_ERRORS as error:
            raise StoreUnavailable from error
