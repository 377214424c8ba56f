"""Fills a PostgreSQL with any number of tasks, by copying two that Kaiga itself has written.

See filling.py, which does the same for SQLite. Runs in Kaiga's own Python; no server may have the
database, which has to be a PostgreSQL 18 or newer.
"""

import argparse
import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from filling import ROWS_AT_ONCE, SAMPLE, SPREAD_MILLISECONDS, Filling, write_templates

from kaiga.domain.ids import DEFAULT_ACCOUNT, TaskId
from kaiga.store.postgres import PostgresDatabase, PostgresPlace, PostgresTaskStore
from kaiga.store.postgres.connecting import Connection, connect

_BATCH = """
    CREATE TEMP TABLE batch (
        id uuid, request_id text, account text, shift bigint, ended boolean
    )
"""
_FILL_BATCH = """
    INSERT INTO batch
    SELECT uuidv7((shift - $3::bigint) * interval '1 millisecond'), gen_random_uuid()::text,
        ($5::bigint + n % $6::bigint)::text, shift, (n * 7919) % 100 < $7::bigint
    FROM (SELECT n, (n * $4::float8)::bigint AS shift FROM generate_series($1::bigint, $2::bigint)
        AS n) AS numbers
"""
_LANES = """
    INSERT INTO lanes (account, catalogue_model)
    SELECT DISTINCT account, catalogue_model FROM tasks WHERE status = 'PENDING'
    ON CONFLICT DO NOTHING
"""
_TABLES = """
    SELECT table_name::text, column_name::text FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name = ANY ($1::text[])
    ORDER BY table_name, ordinal_position
"""
_KEYS = {"tasks": "id", "attempts": "task_id", "results": "task_id", "usage_ledger": "task_id"}
"""The tables that have rows of the templates, and the column that names the task."""


async def fill(url: str, filling: Filling) -> Sequence[TaskId]:
    """Make the schema where it is missing, and fill it; gives ids of the first account's tasks."""
    begun = datetime.now(UTC) - timedelta(milliseconds=SPREAD_MILLISECONDS)
    database = await PostgresDatabase.open(PostgresPlace(url, url))
    waiting, ended = await write_templates(PostgresTaskStore(database), begun)
    await database.close()
    connection = await connect(url)
    try:
        await connection.execute("SET synchronous_commit TO off")
        await connection.execute(_BATCH)
        for start in range(0, filling.tasks, ROWS_AT_ONCE):
            stop = min(filling.tasks, start + ROWS_AT_ONCE) - 1
            await _fill_batch(connection, filling, start, stop)
            await _copy(connection, {False: waiting, True: ended})
        for table, column in _KEYS.items():
            await connection.execute(
                f"DELETE FROM {table} WHERE {column} = ANY ($1::uuid[])",  # noqa: S608  constants
                [waiting, ended],
            )
        await connection.execute(_LANES)
        await connection.execute("VACUUM (ANALYZE)", timeout=_LONG_SECONDS)
        await connection.execute("CHECKPOINT", timeout=_LONG_SECONDS)
        rows = await connection.fetch(
            "SELECT id FROM tasks WHERE account = $1 ORDER BY random() LIMIT $2",
            DEFAULT_ACCOUNT,
            SAMPLE,
            timeout=_LONG_SECONDS,
        )
        return [TaskId(str(row[0])) for row in rows]
    finally:
        await connection.close()


_LONG_SECONDS = 1800.0


async def _fill_batch(connection: Connection, filling: Filling, start: int, stop: int) -> None:
    await connection.execute("TRUNCATE batch")
    step = SPREAD_MILLISECONDS / filling.tasks
    first, among = int(filling.first_account), filling.accounts
    await connection.execute(
        _FILL_BATCH,
        *(start, stop, SPREAD_MILLISECONDS, step, first, among, filling.ended_percent),
        timeout=_LONG_SECONDS,
    )


async def _copy(connection: Connection, templates: Mapping[bool, TaskId]) -> None:
    """Copy the rows of the templates once for each task of the batch."""
    columns: dict[str, list[str]] = {}
    for table, column in await connection.fetch(_TABLES, list(_KEYS)):
        columns.setdefault(str(table), []).append(str(column))
    for table, key in _KEYS.items():
        values = [
            "batch.id" if name == key else _VALUES.get(name, _plain_value)(name)
            for name in columns[table]
        ]
        copy = (
            f"INSERT INTO {table} ({', '.join(columns[table])}) SELECT {', '.join(values)} "  # noqa: S608  the schema's own names
            f"FROM batch JOIN {table} AS template ON template.{key} = $1 WHERE batch.ended = $2"
        )
        for ended, template in templates.items():
            await connection.execute(copy, template, ended, timeout=_LONG_SECONDS)


def _plain_value(name: str) -> str:
    return f"template.{name} + shift" if name.endswith("_ms") else f"template.{name}"


_VALUES: Mapping[str, Callable[[str], str]] = {
    "account": lambda _: "batch.account",
    "request_id": lambda _: "batch.request_id",
    "object_key": lambda _: (
        "replace(replace(template.object_key, template.task_id::text, batch.id::text),"
        f" '{DEFAULT_ACCOUNT}', batch.account)"
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--accounts", type=int, default=1)
    parser.add_argument("--ended-percent", type=int, default=50)
    parser.add_argument("--ids", type=Path, help="write ids of the first account's tasks there")
    given = parser.parse_args()
    filling = Filling(tasks=given.tasks, accounts=given.accounts, ended_percent=given.ended_percent)
    ids = asyncio.run(fill(given.url, filling))
    if given.ids:
        given.ids.write_text("".join(f"{task_id}\n" for task_id in ids))


if __name__ == "__main__":
    main()
