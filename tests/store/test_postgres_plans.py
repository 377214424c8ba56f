"""The hot queries over PostgreSQL use their indexes, with as many rows as make a difference."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from domain.samples import ACCOUNT, MODEL, NO_TASK, START, WORKER, always, make_lease, make_new
from kaiga.store.postgres import choosing, claiming, ending, finishing, lanes, purging
from kaiga.store.postgres.connecting import Line, PostgresPlace
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.task_store import PostgresTaskStore
from postgres_server import PostgresServer

WAITING = 4000
RUNNING = 1000
ENDED = 20_000
_FILL = """
    INSERT INTO tasks (id, account, workspace, key_id, request_id, catalogue_model, model,
        operation, status, attempt, engine, submitted_ms, ended_ms, expires_ms)
    SELECT ('019de821-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $1, 'ws-default',
        '1000001', 'r', 'm', 'm', 'a:b:c', 'SUCCEEDED', 1, 'sketch', 1, 1, 1 + n
    FROM generate_series(1, $2::int) AS n
"""
IDS = [NO_TASK]
INDEXES = {
    "tasks_waiting": "account_catalogue_model_rank_ms_id_idx",
    "tasks_running": "lease_deadline_idx",
    "tasks_expiring": "expires_ms_idx",
    "tasks_pkey": "tasks_default_pkey",
}
"""How PostgreSQL calls a partition's part of an index."""
HOT = {
    "the candidates of a claim": (choosing._CANDIDATES, ([MODEL], 8, 40), "tasks_waiting"),
    "a claim": (claiming._CLAIM, (IDS, [1], WORKER, 1.0, "sketch"), "tasks_pkey"),
    "a renewal": (claiming._RENEW, (IDS, [1], WORKER, 1.0), "tasks_pkey"),
    "which attempts are held": (finishing._HELD, (IDS, [1], [WORKER]), "tasks_pkey"),
    "lapsed leases": (ending._LAPSED, (1.0,), "tasks_running"),
    "how many wait in a lane": (lanes._COUNT, (ACCOUNT, MODEL), "tasks_waiting"),
    "lanes that wait": (lanes._LIST, (), "tasks_waiting"),
    "expired tasks": (purging._EXPIRED, (10, 200), "tasks_expiring"),
}


@pytest.fixture
async def filled(postgres: PostgresServer) -> AsyncIterator[Line]:
    url = postgres.make_database()
    database = await PostgresDatabase.open(PostgresPlace(url, url))
    store = PostgresTaskStore(database)
    await asyncio.gather(*(store.add(make_new(number)) for number in range(WAITING)))
    lease = make_lease()
    await store.claim(frozenset({MODEL}), lease, RUNNING, "sketch", always(START))
    await database.close()
    connection = await asyncpg.connect(url)
    await connection.execute(_FILL, ACCOUNT, ENDED)
    await connection.execute("ANALYZE")
    yield connection
    await connection.close()
    postgres.drop_database(url)


async def explain(connection: Line, statement: str, values: tuple[object, ...]) -> list[Any]:
    """Give every node of the plan of a statement."""
    found = await connection.fetchval(f"EXPLAIN (FORMAT JSON) {statement}", *values)
    nodes = [json.loads(found)[0]["Plan"]]
    for node in nodes:
        nodes.extend(node.get("Plans", ()))
    return nodes


async def test_hot_statements_search_by_their_indexes_and_walk_no_table_of_tasks(filled: Line):
    wrong: dict[str, object] = {}
    for name, (statement, values, index) in HOT.items():
        plan = await explain(filled, statement, values)
        scanned = [node for node in plan if node["Node Type"] == "Seq Scan"]
        walks = [node for node in scanned if node["Relation Name"] == "tasks_default"]
        used = {str(node.get("Index Name", "")) for node in plan}
        if walks or not any(name_of.endswith(INDEXES[index]) for name_of in used):
            wrong[name] = (index, used)
    assert wrong == {}
