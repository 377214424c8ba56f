"""One connection for transactions, which tells what came of each, also where the line was cut."""

import asyncio
import contextlib
import secrets
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from kaiga.store.postgres.connecting import UNAVAILABLE_ERRORS, Connection, Line
from kaiga.store.postgres.hints import CHANNEL

T = TypeVar("T")

BEGIN = "BEGIN; SET LOCAL idle_in_transaction_session_timeout TO '10s'"
"""What stands still in the middle, or has lost its network there, keeps its locks so long and no
longer: without it, until the system gives the line up, hours later."""
BEGIN_UNSYNCED = f"{BEGIN}; SET LOCAL synchronous_commit TO off"
"""Its commit waits for no disk: a power cut of the database may undo the latest of these."""

_MARK = """
    INSERT INTO commit_marks (committer, number) VALUES ($1, $2)
    ON CONFLICT (committer)
        DO UPDATE SET number = excluded.number, marked_at = excluded.marked_at
"""
_MARK_AND_TELL = f"""
    WITH marked AS ({_MARK})
    SELECT count(pg_notify('{CHANNEL}', payload)) FROM unnest($3::text[]) AS payload
"""  # noqa: S608  a constant
_ASK = "SELECT number FROM commit_marks WHERE committer = $1 FOR UPDATE"
"""Waits for a commit that is still under way. Numbers of transactions would not do: after a crash
the database gives those anew that it had not yet written down."""
_ASK_FOR_SECONDS = 10.0
_ASK_AGAIN_SECONDS = 0.2
_FIRST_MARK = "INSERT INTO commit_marks (committer, number) VALUES ($1, 0) ON CONFLICT DO NOTHING"
_FORGET_OLD_MARKS = """
    DELETE FROM commit_marks WHERE committer IN (
        SELECT committer FROM commit_marks WHERE marked_at < now() - interval '1 day'
        FOR UPDATE SKIP LOCKED
    )
"""
"""Nobody asks for a day what came of a commit. One that has only been quiet marks its next commit
anew, and where it asks, its first mark waits for that commit as the row would have had it wait."""
_CLOSING_SECONDS = 2.0


class CommittingConnection:
    """Runs one transaction after the other, and opens its connection anew when that is lost."""

    def __init__(self, connect: Callable[[], Awaitable[Line]], begin: str) -> None:
        self._connect = connect
        self._begin = begin
        self._connection: Line | None = None
        self._committer = secrets.token_hex(8)
        self._number = 0
        """Of the latest transaction; written with each, it tells whether that came through."""

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
            await self._mark(connection, payloads)
        except BaseException as error:
            await self._undo(connection, error)
            raise
        try:
            await connection.execute("COMMIT")
        except UNAVAILABLE_ERRORS:
            await self.close()
            if not await self._was_committed():
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
            connection = await self._connect()
            await connection.execute(_FIRST_MARK, self._committer)
            await connection.execute(_FORGET_OLD_MARKS)
            self._connection = connection
        return self._connection

    async def _mark(self, connection: Line, payloads: Sequence[str]) -> None:
        """Number the transaction, and tell other nodes with its commit."""
        self._number += 1
        if payloads:
            await connection.execute(_MARK_AND_TELL, self._committer, self._number, payloads)
        else:
            await connection.execute(_MARK, self._committer, self._number)

    async def _undo(self, connection: Line, error: BaseException) -> None:
        if isinstance(error, UNAVAILABLE_ERRORS) or not isinstance(error, Exception):
            await self.close()
            return
        try:
            await connection.execute("ROLLBACK")
        except UNAVAILABLE_ERRORS:
            await self.close()

    async def _was_committed(self) -> bool:
        """Ask, over a new connection, whether the latest transaction came through."""
        try:
            async with asyncio.timeout(_ASK_FOR_SECONDS):
                return await self._ask_until_known() == self._number
        except TimeoutError:
            return False

    async def _ask_until_known(self) -> int:
        while True:
            try:
                return int(await (await self._take()).fetchval(_ASK, self._committer) or 0)
            except UNAVAILABLE_ERRORS:
                await self.close()
            await asyncio.sleep(_ASK_AGAIN_SECONDS)
