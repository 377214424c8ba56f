"""Fills a database with any number of tasks, by copying two that Kaiga itself has written.

The store writes one task that waits and one that has ended, through its own code; every row that
names one of them is then copied with another id, account and time. So the rows are what this
Kaiga writes, whatever its schema is. Runs in Kaiga's own Python; no server may have the database.
"""

import argparse
import asyncio
import os
import random
import secrets
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw

from kaiga.domain.generation import Generation
from kaiga.domain.ids import (
    DEFAULT_ACCOUNT,
    DEFAULT_WORKSPACE,
    AccountId,
    KeyId,
    TaskId,
    WorkerId,
    draw_request_id,
    make_task_id,
)
from kaiga.domain.tasks import (
    Claim,
    Lease,
    NewTask,
    Outcome,
    StoredResult,
    Task,
    TaskStatus,
    result_object_key,
)
from kaiga.ports.task_store import TaskStore
from kaiga.store.sqlite import SqliteDatabase, SqliteTaskStore

MODEL = "wan2.5-t2i-preview"
SPREAD_MILLISECONDS = 6 * 3600 * 1000
"""Over how long a time the tasks seem to have come in: well within a day, so that none expires."""
ROWS_AT_ONCE = 100_000
SAMPLE = 60_000
"""How many ids are told: more than a server keeps in memory."""

_REQUEST = (
    b'{"model":"wan2.5-t2i-preview","input":{"prompt":"A flower shop with fine windows and a '
    b'wooden door"},"parameters":{"n":1,"size":"1024*1024"}}'
)
_BATCH = """
    CREATE TEMP TABLE batch (id TEXT, request_id TEXT, account TEXT, shift INTEGER, ended INTEGER)
"""
_FILL_BATCH = """
    INSERT INTO batch
    WITH RECURSIVE
        numbers (n) AS (SELECT ?1 UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < ?2),
        drawn AS MATERIALIZED (
            SELECT n, CAST(n * ?3 AS INTEGER) AS shift, lower(hex(randomblob(16))) AS bits
            FROM numbers)
    SELECT
        substr(printf('%012x', ?4 + shift), 1, 8) || '-' || substr(printf('%012x', ?4 + shift), 9)
            || '-7' || substr(bits, 1, 3) || '-8' || substr(bits, 4, 3) || '-'
            || substr(bits, 7, 12),
        substr(bits, 19, 8) || '-' || substr(bits, 1, 4) || '-9' || substr(bits, 5, 3) || '-'
            || substr(bits, 8, 4) || '-' || substr(bits, 12, 12),
        printf('%d', ?5 + n % ?6), shift, (n * 7919) % 100 < ?7
    FROM drawn
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """`tasks` tasks in turn of `accounts` accounts; `ended_percent` of them have SUCCEEDED."""

    tasks: int
    accounts: int = 1
    ended_percent: int = 50
    first_account: AccountId = DEFAULT_ACCOUNT


def fill(database: Path, filling: Filling) -> None:
    """Make the database where it is missing, and fill it."""
    begun = datetime.now(UTC) - timedelta(milliseconds=SPREAD_MILLISECONDS)
    waiting, ended = asyncio.run(_write_templates(database, begun))
    connection = apsw.Connection(str(database))
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(_BATCH)
    with connection, _without_indexes(connection):
        for start in range(0, filling.tasks, ROWS_AT_ONCE):
            stop = min(filling.tasks, start + ROWS_AT_ONCE)
            connection.execute("DELETE FROM batch")
            step = SPREAD_MILLISECONDS / filling.tasks
            beginning = int(begun.timestamp() * 1000)
            first, among = int(filling.first_account), filling.accounts
            numbers = (start, stop, step, beginning, first, among, filling.ended_percent)
            connection.execute(_FILL_BATCH, numbers)
            for table, column in _list_tables(connection):
                _copy_rows(connection, table, column, {0: waiting, 1: ended})
        for table, column in _list_tables(connection):
            connection.execute(f"DELETE FROM {table} WHERE {column} IN (?, ?)", (waiting, ended))  # noqa: S608  the database's own names; values are bound
    connection.close()
    _flush(database)


def sample_ids(database: Path, account: AccountId) -> list[TaskId]:
    """Give up to `SAMPLE` ids of an account, drawn over all of its tasks, in no order."""
    connection = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    query = "SELECT id FROM tasks WHERE account = ?"
    ids = [TaskId(str(row[0])) for row in connection.execute(query, (account,))]
    connection.close()
    return random.sample(ids, min(SAMPLE, len(ids)))


def make_waiting_task(account: AccountId, at: datetime) -> NewTask:
    """Make a task as a create call does."""
    task = Task(
        id=make_task_id(at, secrets.randbits(74)),
        account=account,
        workspace=DEFAULT_WORKSPACE,
        key_id=KeyId("1000001"),
        request_id=draw_request_id(),
        catalogue_model=MODEL,
        model=MODEL,
        operation="aigc:text2image:image-synthesis",
        generation=Generation(
            prompt="A flower shop with fine windows and a wooden door",
            width_pixels=1024,
            height_pixels=1024,
            seed=secrets.randbits(31),
            prompt_extend=True,
        ),
        status=TaskStatus.PENDING,
        submitted_at=at,
    )
    return NewTask(task=task, request=_REQUEST)


async def end(store: TaskStore, claim: Claim, now: datetime) -> None:
    """End a claimed task with one picture."""
    made = StoredResult(
        object_key=result_object_key(claim.task, 0), media_type="image/png", size_bytes=1_000_000
    )
    outcome = Outcome(status=TaskStatus.SUCCEEDED, results=(made,), usage={"image_count": 1})
    await store.finish(claim, outcome, now, now + timedelta(hours=24))


async def _write_templates(path: Path, at: datetime) -> tuple[TaskId, TaskId]:
    database = SqliteDatabase.open(path)
    templates = await write_templates(SqliteTaskStore(database), at)
    database.close()
    return templates


async def write_templates(store: TaskStore, at: datetime) -> tuple[TaskId, TaskId]:
    """Have a store write a task that waits and one that has ended; gives their ids."""
    await store.add(make_waiting_task(DEFAULT_ACCOUNT, at))
    lease = Lease(worker=WorkerId("filling"), deadline=0.0)
    (claim,) = await store.claim(frozenset({MODEL}), lease, 1, "sketch", lambda _: at)
    await end(store, claim, at)
    waiting = make_waiting_task(DEFAULT_ACCOUNT, at)
    await store.add(waiting)
    return waiting.task.id, claim.task.id


def _flush(database: Path) -> None:
    """Have the system write the file out now, and not beneath what is measured next."""
    with database.open("rb") as file:
        os.fsync(file.fileno())


def _list_tables(connection: apsw.Connection) -> list[tuple[str, str]]:
    """Find the tables whose rows name a task, and by which column."""
    query = "SELECT name FROM main.sqlite_schema WHERE type = 'table'"
    names = [str(row[0]) for row in connection.execute(query)]
    return [("tasks", "id")] + [
        (name, "task_id") for name in names if "task_id" in _list_columns(connection, name)
    ]


def _list_columns(connection: apsw.Connection, table: str) -> list[str]:
    """Give a table's columns, without one whose numbers SQLite gives by itself."""
    rows = connection.execute(f"PRAGMA main.table_info({table})").fetchall()
    keys = [name for _, name, _, _, _, place in rows if place]
    return [str(name) for _, name, kind, *_ in rows if kind != "INTEGER" or keys != [name]]


def _copy_rows(
    connection: apsw.Connection, table: str, column: str, templates: Mapping[int, TaskId]
) -> None:
    """Copy the rows of the templates once for each task of the batch."""
    columns = _list_columns(connection, table)
    values = [_VALUES.get(name, _plain_value)(name) for name in columns]
    values[columns.index(column)] = "batch.id"
    copy = (
        f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {', '.join(values)} "  # noqa: S608  the database's own names, and constants of this module
        f"FROM batch JOIN main.{table} AS template ON template.{column} = ?1 WHERE ended = ?2 "
    )
    for ended, template in templates.items():
        connection.execute(copy, (template, ended))


def _plain_value(name: str) -> str:
    return f"template.{name} + shift" if name.endswith("_ms") else f"template.{name}"


_VALUES: Mapping[str, Callable[[str], str]] = {
    "account": lambda _: "batch.account",
    "request_id": lambda _: "batch.request_id",
    "object_key": lambda _: (
        "replace(replace(template.object_key, template.task_id, batch.id),"
        f" '{DEFAULT_ACCOUNT}', batch.account)"
    ),
}


@contextmanager
def _without_indexes(connection: apsw.Connection) -> Generator[None]:
    """Make the indexes at the end: sorted once, they take a fraction of the time."""
    query = "SELECT name, sql FROM main.sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"
    indexes = connection.execute(query).fetchall()
    for name, _ in indexes:
        connection.execute(f"DROP INDEX main.{name}")
    yield
    for _, sql in indexes:
        connection.execute(str(sql))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database", type=Path)
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--accounts", type=int, default=1)
    parser.add_argument("--ended-percent", type=int, default=50)
    parser.add_argument("--ids", type=Path, help="write ids of the first account's tasks there")
    given = parser.parse_args()
    fill(
        given.database,
        Filling(tasks=given.tasks, accounts=given.accounts, ended_percent=given.ended_percent),
    )
    if given.ids:
        ids = sample_ids(given.database, DEFAULT_ACCOUNT)
        given.ids.write_text("".join(f"{task_id}\n" for task_id in ids))


if __name__ == "__main__":
    main()
