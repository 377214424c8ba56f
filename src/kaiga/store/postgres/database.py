"""One open database: its schema, and the connections that read, write and listen."""

import asyncio
from datetime import UTC, datetime
from functools import partial

import asyncpg

from kaiga.domain.errors import StartRefused
from kaiga.store.postgres.connecting import (
    UNAVAILABLE_ERRORS,
    Pool,
    PostgresPlace,
    connect,
    open_pool,
)
from kaiga.store.postgres.group_commit import GroupCommit
from kaiga.store.postgres.hints import Hints
from kaiga.store.postgres.listening import Listener
from kaiga.store.postgres.migrating import migrate
from kaiga.store.postgres.reading import Reader
from kaiga.store.postgres.tending import DayPartitions


class PostgresDatabase:
    """Owns it from `open` to `close`; must be opened inside a running event loop."""

    def __init__(
        self,
        place: PostgresPlace,
        pool: Pool,
        hints: Hints,
        listener: Listener,
        days: DayPartitions,
    ) -> None:
        self.place = place
        self.hints = hints
        self.listener = listener
        self.writer = GroupCommit(partial(connect, place.url, place.caches_statements), hints)
        self.reader = Reader(pool)
        self.days = days
        self._pool = pool

    @classmethod
    async def open(cls, place: PostgresPlace) -> "PostgresDatabase":
        """Open `place`, making its schema where that is missing.

        Raises:
            StartRefused: it can't be reached or used, or is newer than this code.
        """
        hints = Hints()
        connect_directly = partial(connect, place.direct_url)
        listener = Listener(connect_directly, hints)
        days = DayPartitions(connect_directly)
        try:
            await _bring_up_to_date(place, days)
            pool = await open_pool(place)
            await listener.start()
        except (*UNAVAILABLE_ERRORS, asyncpg.PostgresError) as error:
            raise StartRefused(f"{place} can't be opened: {error or 'no answer'}.") from error
        return cls(place, pool, hints, listener, days)

    async def close(self) -> None:
        """Finish what waits and close every connection."""
        await self.writer.close()
        await self.listener.close()
        try:
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._pool.close()
        except TimeoutError:
            self._pool.terminate()


_CLOSING_SECONDS = 5.0


async def _bring_up_to_date(place: PostgresPlace, days: DayPartitions) -> None:
    connection = await connect(place.direct_url)
    try:
        await migrate(connection)
        if await connection.fetchval("SELECT 1 FROM moves WHERE done_ms IS NULL") is not None:
            raise StartRefused(
                f"{place} is being moved into. Have 'kaiga migrate' end first; the same command "
                "goes on where it stopped."
            )
        await days.make_ahead(connection, datetime.now(UTC))
    finally:
        await connection.close()
