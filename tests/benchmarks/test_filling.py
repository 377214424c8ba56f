"""Filled stores hold what Kaiga would have written, and Kaiga serves them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import apsw
import pytest
from store.filling import Filling, fill, sample_ids

from kaiga.domain.ids import DEFAULT_ACCOUNT, WorkerId
from kaiga.domain.tasks import Lease, StoredResult, TaskStatus
from kaiga.store.sqlite import SqliteDatabase, SqliteTaskStore
from kaiga.store.sqlite.migrating import migrate

FILLING = Filling(tasks=300, accounts=3, ended_percent=50)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    database = tmp_path_factory.mktemp("filled") / "kaiga.db"
    fill(database, FILLING)
    return database


def read(database: Path, query: str) -> Sequence[Sequence[object]]:
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    rows = connection.execute(query).fetchall()
    connection.close()
    return rows


def test_a_filled_store_has_as_many_tasks_as_asked_of_each_account(filled: Path) -> None:
    counts = read(filled, "SELECT count(*) FROM tasks GROUP BY account")

    assert counts == [(100,), (100,), (100,)]


def test_every_index_of_the_schema_is_there_again_after_filling(
    filled: Path, tmp_path: Path
) -> None:
    indexes = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' ORDER BY name"
    fresh = apsw.Connection(str(tmp_path / "fresh.db"))
    migrate(fresh)

    assert read(filled, indexes) == fresh.execute(indexes).fetchall()
    assert read(filled, "PRAGMA integrity_check") == [("ok",)]


def test_each_task_that_has_ended_has_what_the_store_writes_at_an_end(filled: Path) -> None:
    ended = read(filled, "SELECT count(*) FROM tasks WHERE status = 'SUCCEEDED'")[0][0]

    assert isinstance(ended, int)
    assert 0 < ended < FILLING.tasks
    for table in ("attempts", "results", "usage_ledger"):
        named = f"SELECT count(DISTINCT task_id) FROM {table} JOIN tasks ON id = task_id"  # noqa: S608  the table is ours
        assert read(filled, named) == [(ended,)], table


async def test_kaiga_reads_claims_and_lists_the_tasks_of_a_filled_store(filled: Path) -> None:
    database = SqliteDatabase.open(filled)
    try:
        store = SqliteTaskStore(database)
        tasks = [await store.find(task_id) for task_id in sample_ids(filled, DEFAULT_ACCOUNT)]
        lease = Lease(worker=WorkerId("worker"), deadline=0.0)
        (claim,) = await store.claim(
            frozenset({"wan2.5-t2i-preview"}), lease, 1, "sketch", lambda _: datetime.now(UTC)
        )
    finally:
        database.close()

    ended = [task for task in tasks if task and task.status is TaskStatus.SUCCEEDED]
    keys = [
        result.object_key
        for task in ended
        for result in task.results
        if isinstance(result, StoredResult)
    ]
    assert len(tasks) == 100
    assert claim.task.status is TaskStatus.RUNNING
    assert keys == [f"{DEFAULT_ACCOUNT}/{task.id}/1/0" for task in ended]
