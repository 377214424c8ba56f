"""The hot queries over PostgreSQL use their indexes, with as many rows as make a difference.

The rows lie in partitions of days, as many as a retention of four weeks keeps; so each query is
also held to the partitions that it has to look into.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from domain.samples import ACCOUNT, MODEL, START, WORKER, always, make_lease, make_new
from kaiga.domain.ids import bounds_of_day, first_task_id_at, make_task_id
from kaiga.store.postgres import (
    choosing,
    claiming,
    clearing,
    ending,
    finishing,
    lanes,
    partitions,
    purging,
    result_list,
    searching,
    task_reads,
    task_rows,
    usage_ledger,
)
from kaiga.store.postgres.connecting import Line, PostgresPlace, connect
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.task_store import PostgresTaskStore
from postgres_server import PostgresServer
from store.opened import make_template

WAITING = 4000
RUNNING = 1000
DAYS = 28
ENDED_OF_LATEST_DAYS = 12_000
ENDED_OF_A_DAY = 500
BILLED = 20_000
TODAY = START.date()
YESTERDAY = TODAY - timedelta(days=1)
LONG_AGO = TODAY - timedelta(days=900)
FILLED = {f"tasks_{TODAY - timedelta(days=back):%Y%m%d}" for back in range(DAYS)}
_FILL = """
    INSERT INTO tasks (id, account, workspace, key_id, request_id, catalogue_model, model,
        operation, status, attempt, engine, submitted_ms, ended_ms, expires_ms)
    SELECT (left($2, 24) || lpad(to_hex(n), 12, '0'))::uuid, $1, 'ws-default',
        '1000001', 'r', 'm', 'm', 'a:b:c', 'SUCCEEDED', 1, 'sketch', 1, 1, $4 + n
    FROM generate_series(1, $3::int) AS n
"""
_FILL_RESULTS = """
    INSERT INTO results (task_id, position, object_key, media_type, size_bytes)
    SELECT id, 0, 'o/' || id, 'image/png', 1 FROM tasks WHERE status = 'SUCCEEDED'
"""
_FILL_USAGE = """
    INSERT INTO usage_ledger (task_id, account, workspace, key_id, model, usage, ended_ms)
    SELECT gen_random_uuid(), 'account-' || n % 50, 'ws-default', '1000001', 'm', '{}', n
    FROM generate_series(1, $1::int) AS n
"""
TASK = make_task_id(START, 1)
IDS = [TASK]
ALL_TIME = (first_task_id_at(START - timedelta(days=900)), first_task_id_at(START))
LIST = (ACCOUNT, *ALL_TIME, 0, None, None, None, None, "")
PLACE = clearing.Place(10, TASK)

INDEXES = {
    "tasks_waiting": "account_catalogue_model_rank_ms_id_idx",
    "tasks_running": "lease_deadline_idx",
    "tasks_expiring": "expires_ms_id_idx",
    "tasks_of_account": "account_id_idx",
    "tasks_pkey": "pkey",
    "usage_of_account": "usage_of_account",
}
"""How PostgreSQL calls a partition's part of an index."""


class Hot(NamedTuple):
    """A query, the index that it uses, and whether it finds its task in one partition."""

    statement: str
    values: Sequence[object]
    index: str
    is_by_id: bool = False


HOT: Mapping[str, Hot] = {
    "the candidates of a claim": Hot(choosing._CANDIDATES, ([MODEL], 8, 40), "tasks_waiting"),
    "a claim": Hot(claiming._CLAIM, (IDS, [1], WORKER, 1.0, "sketch"), "tasks_pkey", True),
    "a renewal": Hot(claiming._RENEW, (IDS, [1], WORKER, 1.0), "tasks_pkey", True),
    "which attempts are held": Hot(finishing._HELD, (IDS, [1], [WORKER]), "tasks_pkey", True),
    "tasks by id": Hot(task_rows.SELECT_TASKS_BY_IDS, (IDS, TASK, TASK), "tasks_pkey", True),
    "lapsed leases": Hot(ending._LAPSED, (1.0,), "tasks_running"),
    "how many wait in a lane": Hot(lanes._COUNT, (ACCOUNT, MODEL), "tasks_waiting"),
    "lanes that wait": Hot(lanes._LIST, (), "tasks_waiting"),
    "tasks in no day that have expired": Hot(
        purging.EXPIRED_IN_NO_DAY, (10, 200), "tasks_expiring"
    ),
    "tasks that have expired long ago": Hot(purging.EXPIRED_LONG_AGO, (10, 200), "tasks_expiring"),
    "tasks to be cleared": Hot(clearing._NEXT, (*PLACE, 10, 200), "tasks_expiring"),
    "whether a day is over": Hot(
        partitions._OVER.format(day=f"{YESTERDAY:%Y%m%d}"), PLACE, "tasks_expiring"
    ),
    "a page of a list": Hot(task_reads._PAGE, (*LIST, 20, 0), "tasks_of_account"),
    "a search": Hot(
        searching._NEWEST,
        (ACCOUNT, *ALL_TIME, 0, None, None, None, "", None, 20),
        "tasks_of_account",
    ),
    "where a search ends": Hot(
        searching._END_DOWNWARD, (ACCOUNT, *ALL_TIME, 99), "tasks_of_account"
    ),
    "results to look at": Hot(
        result_list.WITH_RESULTS, (ACCOUNT, 0, "", None, None, "image/%", 20), "tasks_of_account"
    ),
    "a day's usage of an account": Hot(
        usage_ledger.SUM_OF_ACCOUNT, (10, 60, "account-1"), "usage_of_account"
    ),
    "a day's usage of all": Hot(usage_ledger.SUM_OF_ALL, (10, 60), "usage_of_account"),
}


@pytest.fixture
async def filled(postgres: PostgresServer) -> AsyncIterator[Line]:
    url = postgres.make_database(make_template())
    connection = await connect(url)
    for back in range(DAYS):
        day = TODAY - timedelta(days=back)
        await partitions.make_day(connection, day)
        count = ENDED_OF_LATEST_DAYS if back < len((TODAY, YESTERDAY)) else ENDED_OF_A_DAY
        until = 10_000_000 * (DAYS - back)
        await connection.execute(_FILL, ACCOUNT, bounds_of_day(day)[0], count, until)
    await connection.execute(
        _FILL, ACCOUNT, bounds_of_day(LONG_AGO)[0], ENDED_OF_LATEST_DAYS, 10_000_000
    )
    await connection.execute(_FILL_RESULTS)
    await connection.execute(_FILL_USAGE, BILLED)
    database = await PostgresDatabase.open(PostgresPlace(url, url))
    store = PostgresTaskStore(database)
    await asyncio.gather(*(store.add(make_new(number)) for number in range(WAITING)))
    lease = make_lease()
    await store.claim(frozenset({MODEL}), lease, RUNNING, "sketch", always(START))
    await database.close()
    await connection.execute("ANALYZE")
    yield connection
    await connection.close()
    postgres.drop_database(url)


async def explain(connection: Line, hot: Hot) -> list[dict[str, Any]]:
    """Give every node of the plan of a statement that is made for any values, once it was run.

    What the statement changes is undone.
    """
    trial = connection.transaction()
    await trial.start()
    try:
        await connection.execute("SET LOCAL plan_cache_mode TO force_generic_plan")
        statement = f"EXPLAIN (ANALYZE, FORMAT JSON) {hot.statement}"
        found = await connection.fetchval(statement, *hot.values)
    finally:
        await trial.rollback()
    nodes: list[dict[str, Any]] = [json.loads(found)[0]["Plan"]]
    for node in nodes:
        nodes.extend(node.get("Plans", ()))
    return nodes


def list_looked_into(plan: Sequence[Mapping[str, Any]]) -> set[str]:
    """Give the tables, and partitions, of which a plan has read a part."""
    return {
        str(node["Relation Name"])
        for node in plan
        if "Relation Name" in node and node["Actual Loops"] and "Scan" in node["Node Type"]
    }


async def test_hot_statements_search_by_their_indexes_and_those_by_id_in_one_day(filled: Line):
    wrong: dict[str, object] = {}
    for name, hot in HOT.items():
        plan = await explain(filled, hot)
        walked = {str(node["Relation Name"]) for node in plan if node["Node Type"] == "Seq Scan"}
        used = {str(node.get("Index Name", "")) for node in plan}
        is_found = any(each.endswith(INDEXES[hot.index]) for each in used)
        days = {table for table in list_looked_into(plan) if table.startswith("tasks_")}
        if walked & {*FILLED, "tasks_default", "usage_ledger"} or not is_found:
            wrong[name] = (hot.index, walked, used)
        elif hot.is_by_id and days != {f"tasks_{TODAY:%Y%m%d}"}:
            wrong[name] = days
    assert wrong == {}
