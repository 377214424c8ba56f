"""Reads, over a few connections of their own."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from kaiga.domain.errors import StoreUnavailable
from kaiga.store.postgres.connecting import (
    UNAVAILABLE_ERRORS,
    UNFIT_TEXT_ERRORS,
    Connection,
    Pool,
    refuse_text,
)

R = TypeVar("R")


class Reader:
    """Reads what is committed; each call may be answered by another connection."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def read(self, query: Callable[[Connection], Awaitable[R]]) -> R:
        """Run `query` with all that it reads being of one moment.

        Raises:
            StoreUnavailable: the database did not answer, or is closed.
            FieldInvalid: a text that is asked for has a NUL.
        """
        try:
            async with (
                self._pool.acquire() as connection,
                connection.transaction(isolation="repeatable_read", readonly=True),
            ):
                return await query(connection)
        except UNAVAILABLE_ERRORS as error:
            raise StoreUnavailable from error
        except UNFIT_TEXT_ERRORS:
            raise refuse_text() from None

    async def fetch(self, statement: str, *bindings: object) -> Sequence[Sequence[Any]]:
        """Give the rows of one statement, which is of one moment by itself.

        Raises:
            StoreUnavailable: the database did not answer, or is closed.
            FieldInvalid: a text that is asked for has a NUL.
        """
        try:
            async with self._pool.acquire() as connection:
                return await connection.fetch(statement, *bindings)
        except UNAVAILABLE_ERRORS as error:
            raise StoreUnavailable from error
        except UNFIT_TEXT_ERRORS:
            raise refuse_text() from None
