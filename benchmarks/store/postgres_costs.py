"""Measures what one recorded task costs a PostgreSQL: WAL, bytes of tables, processor time.

Drives the store without a server, as many adds at once as there are callers, for a bounded number
of tasks. The database has to be empty, and its PostgreSQL has to have nothing else to do. Runs in
Kaiga's own Python; docs/scale.md has what comes of it.
"""

import argparse
import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from filling import make_waiting_task

from kaiga.domain.ids import DEFAULT_ACCOUNT
from kaiga.store.postgres.connecting import PostgresPlace, connect
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.task_store import PostgresTaskStore

_WAL = "SELECT pg_current_wal_insert_lsn() - '0/0'"
_SIZE = """
    SELECT coalesce(sum(pg_relation_size(relid)), 0), coalesce(sum(pg_indexes_size(relid)), 0)
    FROM pg_partition_tree('tasks') WHERE isleaf
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What so many tasks have cost, all together."""

    tasks: int
    commits: int
    seconds: float
    own_processor_seconds: float
    wal_bytes: int
    table_bytes: int
    index_bytes: int


async def measure(url: str, tasks: int, callers: int) -> Costs:
    """Record `tasks` tasks that wait, `callers` at a time."""
    watching = await connect(url)
    database = await PostgresDatabase.open(PostgresPlace(url, url))
    store = PostgresTaskStore(database)
    wanted = iter([make_waiting_task(DEFAULT_ACCOUNT, datetime.now(UTC)) for _ in range(tasks)])

    async def call() -> None:
        for each in wanted:
            await store.add(each)

    try:
        wal = int(await watching.fetchval(_WAL))
        commits, begun, processor = database.writer.commits, time.monotonic(), time.process_time()
        await asyncio.gather(*(call() for _ in range(callers)))
        seconds, processor = time.monotonic() - begun, time.process_time() - processor
        table_bytes, index_bytes = await watching.fetchrow(_SIZE)
        return Costs(
            tasks=tasks,
            commits=database.writer.commits - commits,
            seconds=seconds,
            own_processor_seconds=processor,
            wal_bytes=int(await watching.fetchval(_WAL)) - wal,
            table_bytes=int(table_bytes),
            index_bytes=int(index_bytes),
        )
    finally:
        await database.close()
        await watching.close()


def main() -> None:
    """Measure, and print a line for each number."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("--tasks", type=int, default=20_000)
    parser.add_argument("--callers", type=int, default=64)
    wanted = parser.parse_args()
    costs = asyncio.run(measure(wanted.url, wanted.tasks, wanted.callers))
    print(f"tasks a second        {costs.tasks / costs.seconds:,.0f}")
    print(f"tasks a commit        {costs.tasks / costs.commits:.1f}")
    print(f"own processor time    {costs.own_processor_seconds / costs.tasks * 1e6:.0f} us a task")
    print(f"WAL                   {costs.wal_bytes / costs.tasks:,.0f} bytes a task")
    print(
        f"rows, their indexes   {costs.table_bytes / costs.tasks:,.0f} and "
        f"{costs.index_bytes / costs.tasks:,.0f} bytes a task"
    )


if __name__ == "__main__":
    main()
