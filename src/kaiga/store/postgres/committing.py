"""One connection for transactions, which tells what came of each, also where the line was cut."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import asyncpg

from kaiga.store.postgres.connecting import UNAVAILABLE_ERRORS, Connection, Line
from kaiga.store.postgres.hints import CHANNEL

T = TypeVar("T")

BEGIN = "BEGIN"
BEGIN_UNSYNCED = "BEGIN; SET LOCAL synchronous_commit TO off"
"""Its commit waits for no disk: a power cut of the database may undo the latest of these."""

_MARK = "SELECT pg_current_xact_id()::text"
_MARK_AND_TELL = f"""
    SELECT pg_current_xact_id()::text, count(pg_notify('{CHANNEL}', payload))
    FROM unnest($1::text[]) AS payload
"""  # noqa: S608  a constant
_ASK = "SELECT pg_xact_status($1::text::xid8)"
_ASK_FOR_SECONDS = 10.0
_ASK_AGAIN_SECONDS = 0.2
_CLOSING_SECONDS = 2.0


class CommittingConnection:
    """Runs one transaction after the other, and opens its connection anew when that is lost."""

    def __init__(self, connect: Callable[[], Awaitable[Line]], begin: str) -> None:
        self._connect = connect
        self._begin = begin
        self._connection: Line | None = None

    async def run(self, body: Callable[[Connection], Awaitable[tuple[T, Sequence[str]]]]) -> T:
        """Commit what `body` does; gives its value. Its second one is what NOTIFY tells with it.

        Raises:
            one of UNAVAILABLE_ERRORS: nothing was changed, or, where the connection was lost
                in the middle of the commit and can't be opened again for ten seconds, that is
                not known.
            what `body` raises: nothing was changed.
        """
        connection = await self._take()
        try:
            await connection.execute(self._begin)
            value, payloads = await body(connection)
            transaction = await _mark(connection, payloads)
        except BaseException as error:
            await self._undo(connection, error)
            raise
        try:
            await connection.execute("COMMIT")
        except UNAVAILABLE_ERRORS:
            await self.close()
            if not await self._was_committed(transaction):
                raise
        return value

    async def close(self) -> None:
        """Let go of the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(*UNAVAILABLE_ERRORS):
                await connection.close(timeout=_CLOSING_SECONDS)
            connection.terminate()

    async def _take(self) -> Line:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self._connect()
        return self._connection

    async def _undo(self, connection: Line, error: BaseException) -> None:
        if isinstance(error, UNAVAILABLE_ERRORS) or not isinstance(error, Exception):
            await self.close()
            return
        try:
            await connection.execute("ROLLBACK")
        except UNAVAILABLE_ERRORS:
            await self.close()

    async def _was_committed(self, transaction: str) -> bool:
        """Ask, over a new connection, what came of a transaction; also after a fail-over."""
        try:
            async with asyncio.timeout(_ASK_FOR_SECONDS):
                return await self._ask_until_known(transaction) == "committed"
        except TimeoutError:
            return False

    async def _ask_until_known(self, transaction: str) -> str:
        while True:
            status = await self._ask(transaction)
            if status is not None and status != "in progress":
                return status
            await asyncio.sleep(_ASK_AGAIN_SECONDS)

    async def _ask(self, transaction: str) -> str | None:
        """Give its status; None while the database does not answer."""
        try:
            connection = await self._take()
            return str(await connection.fetchval(_ASK, transaction))
        except UNAVAILABLE_ERRORS:
            await self.close()
            return None
        except asyncpg.PostgresError:  # this server has never heard of it: it was not carried over
            return "unknown"


async def _mark(connection: Connection, payloads: Sequence[str]) -> str:
    """Give the transaction's number, and tell other nodes with its commit."""
    if payloads:
        row = await connection.fetchrow(_MARK_AND_TELL, payloads)
        return str(row[0]) if row else ""
    return str(await connection.fetchval(_MARK))
