"""Copies of the database while it is written: of one moment, and never half a file."""

from contextlib import aclosing, closing
from pathlib import Path

import pytest

from domain.samples import make_new
from kaiga.domain.errors import StoreUnavailable
from kaiga.ports.snapshots import SnapshotProgress
from kaiga.store.sqlite import SnapshotFile, SqliteSnapshots
from store.opened import OpenedSqlite

TASKS = 60
REQUEST = b"x" * 30_000
"""So large that a copy takes several steps."""


async def add_many(sqlite: OpenedSqlite, first: int) -> None:
    for number in range(first, first + TASKS):
        await sqlite.tasks.add(make_new(number, request=REQUEST))


async def test_a_copy_is_of_the_moment_at_which_it_began(sqlite: OpenedSqlite, tmp_path: Path):
    await add_many(sqlite, 0)
    copy, steps = tmp_path / "copies" / "copy.db", list[SnapshotProgress]()

    async for step in SqliteSnapshots(sqlite.path).take(copy):
        steps.append(step)
        if len(steps) == 1:
            await add_many(sqlite, TASKS)

    with closing(SnapshotFile(copy)) as rows:
        assert (rows.count_tasks(), rows.find_damage()) == (TASKS, None)
    assert len(steps) > 2
    assert steps[-1].copied_bytes == steps[-1].total_bytes == copy.stat().st_size


async def test_a_copy_that_is_given_up_leaves_no_file(sqlite: OpenedSqlite, tmp_path: Path):
    await add_many(sqlite, 0)
    copy = tmp_path / "copy.db"

    async with aclosing(SqliteSnapshots(sqlite.path).take(copy)) as steps:
        async for _ in steps:
            assert copy.exists()
            break

    assert not copy.exists()


async def test_a_copy_that_can_not_be_written_is_told_and_the_store_goes_on(
    sqlite: OpenedSqlite, tmp_path: Path
):
    (tmp_path / "copies").write_bytes(b"in the way of a folder")

    with pytest.raises(StoreUnavailable):
        async for _ in SqliteSnapshots(sqlite.path).take(tmp_path / "copies" / "copy.db"):
            pass

    await sqlite.tasks.add(make_new(0))
