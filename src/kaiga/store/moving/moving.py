"""Moves the rows table by table, then compares both sides; can be killed and goes on."""

from collections.abc import Callable, Mapping

import msgspec

from kaiga.domain.errors import MoveRefused
from kaiga.store.moving.source import Source
from kaiga.store.moving.tables import TABLES, MovedTable, Sum
from kaiga.store.moving.target import Target, open_target
from kaiga.store.postgres.connecting import PostgresPlace

OnProgress = Callable[[str, int, int], None]
"""Told what is done, how many rows of it, and of how many."""


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows of which table are there; `was_done` tells that they had been before."""

    rows: Mapping[str, int]
    was_done: bool


async def move_rows(source: Source, place: PostgresPlace, on_progress: OnProgress) -> Moved:
    """Have all rows of an open file in the database at `place`, or go on with that.

    Raises:
        MoveRefused: the target holds something else, or the two differ in the end.
        StartRefused: the target is of a newer version.
        StoreUnavailable: one side does not answer; the same command goes on later.
    """
    async with open_target(place) as target:
        return await _Move(source, target, on_progress).run()


class _Move:
    def __init__(self, source: Source, target: Target, on_progress: OnProgress) -> None:
        self._source = source
        self._target = target
        self._on_progress = on_progress
        self._counts = {table.name: source.count(table) for table in TABLES}
        self._total = sum(self._counts.values())

    async def run(self) -> Moved:
        if not await self._target.begin(self._source.name()):
            return Moved(rows=self._counts, was_done=True)
        await self._target.make_days(self._source.list_days())
        done = 0
        for table in TABLES:
            done = await self._copy(table, done)
        done = 0
        for table in TABLES:
            done = await self._compare(table, done)
        numbered = [table for table in TABLES if table.is_numbered]
        await self._target.end([(each, self._source.find_last_number(each)) for each in numbered])
        return Moved(rows=self._counts, was_done=False)

    async def _copy(self, table: MovedTable, done: int) -> int:
        columns = self._source.list_columns(table)
        after, moved = await self._target.find_place(table)
        done += moved
        for rows in self._source.read_pages(table, columns, after):
            await self._target.add(table, columns, rows)
            done += len(rows)
            self._on_progress("rows", done, self._total)
        return done

    async def _compare(self, table: MovedTable, done: int) -> int:
        columns = self._source.list_columns(table)
        wanted = Sum()
        for rows in self._source.read_pages(table, columns):
            wanted.add(rows)
            self._on_progress("checking", done + wanted.rows, self._total)
        if await self._target.sum_up(table, columns) != wanted:
            raise MoveRefused(
                f"The table {table.name} differs on the two sides: one of them was changed since "
                "the move began. Empty the target and begin again."
            )
        return done + wanted.rows
