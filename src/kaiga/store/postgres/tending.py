"""Keeps the partitions of days: makes those of the days ahead, and drops those that are over.

Nothing waits for it but itself, and nothing fails without it: a day that could not be made lies
where there are no bounds, one that could not be dropped is dropped another time.
"""

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime

import asyncpg
import structlog

from kaiga.domain.errors import StoreUnavailable
from kaiga.domain.outages import Outage
from kaiga.store.postgres.clearing import find_place
from kaiga.store.postgres.connecting import UNAVAILABLE_ERRORS, Connection, Line
from kaiga.store.postgres.partitions import (
    Made,
    drop_day,
    find_days_over,
    list_days,
    list_days_ahead,
    make_day,
)
from kaiga.store.postgres.reading import Reader

_log = structlog.get_logger(__name__)
_LOOK_SECONDS = 60.0


class DayPartitions:
    """The days of one database, as one node looks after them."""

    def __init__(self, connect: Callable[[], Awaitable[Line]]) -> None:
        self._connect = connect
        self._unmakeable: set[date] = set()
        """Days of which rows lie where there are no bounds."""
        self._outage = Outage()
        self._looked_at = time.monotonic()

    @property
    def is_due(self) -> bool:
        """Whether they were not looked at for a while."""
        return time.monotonic() - self._looked_at > _LOOK_SECONDS

    async def make_ahead(self, connection: Connection, now: datetime) -> None:
        """Make the partitions that tasks submitted from `now` on will need.

        Raises:
            one of UNAVAILABLE_ERRORS: the database did not answer.
        """
        try:
            await self._make(connection, await self._find_lacking(connection, now))
        except UNAVAILABLE_ERRORS:
            raise
        except asyncpg.PostgresError as error:  # such as a role that may make no tables
            self._note_trouble(str(error))

    async def tend(self, reader: Reader, now: datetime) -> None:
        """Make what is needed ahead of `now`, and drop the days in which all is over at `now`.

        Raises:
            StoreUnavailable: the database did not answer.
        """
        self._looked_at = time.monotonic()
        try:
            lacking, over = await reader.read(lambda connection: self._look(connection, now))
        except asyncpg.UndefinedTableError:
            return  # another node has dropped a day between two looks
        if not lacking and not over:
            return
        try:
            connection = await self._connect()
            try:
                await self._make(connection, lacking)
                await self._drop(connection, over, now)
            finally:
                await connection.close()
        except UNAVAILABLE_ERRORS as error:
            raise StoreUnavailable from error
        except asyncpg.PostgresError as error:
            self._note_trouble(str(error))

    async def _look(
        self, connection: Connection, now: datetime
    ) -> tuple[Sequence[date], Sequence[date]]:
        """Give the days that are to be made, and those that may be dropped."""
        past = [day for day in await list_days(connection) if day < now.astimezone(UTC).date()]
        over = await find_days_over(connection, past, await find_place(connection, now))
        return await self._find_lacking(connection, now), over

    async def _find_lacking(self, connection: Connection, now: datetime) -> Sequence[date]:
        there = {*await list_days(connection), *self._unmakeable}
        return [day for day in list_days_ahead(now) if day not in there]

    async def _make(self, connection: Connection, days: Sequence[date]) -> None:
        for day in days:
            made = await make_day(connection, day)
            if made is Made.LIES_IN_DEFAULT:
                self._unmakeable.add(day)
                _log.warning("a day gets no partition: rows of it are there", day=str(day))
            elif made is Made.IS_HELD_UP:
                self._note_trouble("something holds the tables of tasks")
                return
            else:
                self._note_success()

    async def _drop(self, connection: Connection, days: Sequence[date], now: datetime) -> None:
        cleared = await find_place(connection, now)
        for day in days:
            if not await drop_day(connection, day, cleared):
                return  # the next day would be held up as well; another round comes
            _log.info("dropped a day in which all tasks have expired", day=str(day))

    def _note_trouble(self, reason: str) -> None:
        if self._outage.note_failure(time.monotonic()):
            _log.warning("partitions of days can't be made; it is tried again", reason=reason)

    def _note_success(self) -> None:
        if self._outage.note_success():
            _log.info("partitions of days are made again")
