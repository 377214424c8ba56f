"""The PostgreSQL store by way of PgBouncer, which gives each transaction another connection.

The classes of the contract suites run here as well, over two connections of the database for all.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path

import asyncpg
import pytest

import pooler as poolers
from domain.samples import ACCOUNT, SECRET, START, WEBHOOK, make_new
from edition import share_postgres
from kaiga.domain.errors import StoreUnavailable
from kaiga.store.postgres.connecting import PostgresPlace
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.hints import Hint
from kaiga.store.postgres.task_store import PostgresTaskStore
from pooler import Pooler
from postgres_server import PostgresServer
from running import RunningKaiga
from store.opened import OpenedPostgres
from store.test_claims_contract import TestClaim, TestFinish, TestRenew
from store.test_queue_contract import TestQueueLimit
from store.test_tasks_contract import TestAdd, TestCancel
from store.traffic import PATIENCE_SECONDS, Traffic

__all__ = [
    "TestAdd",
    "TestCancel",
    "TestClaim",
    "TestFinish",
    "TestQueueLimit",
    "TestRenew",
]

pytestmark = pytest.mark.skipif(poolers.PROGRAM is None, reason=poolers.IS_MISSING)


@pytest.fixture(scope="module")
def pooler() -> Iterator[Pooler]:
    pooler = Pooler(share_postgres())
    pooler.start()
    yield pooler
    pooler.close()


@pytest.fixture
async def opened(pooler: Pooler, tmp_path: Path) -> AsyncIterator[OpenedPostgres]:
    """Stands in for the store of the contract suites."""
    store = await OpenedPostgres.start(tmp_path, pooler.url_of)
    await store.webhooks.add_webhook(ACCOUNT, WEBHOOK, SECRET, START)
    yield store
    await store.close()


@pytest.fixture
async def place(pooler: Pooler, postgres: PostgresServer) -> PostgresPlace:
    url = postgres.make_database()
    return PostgresPlace(pooler.url_of(url), url)


async def test_a_node_hears_of_what_another_has_written(place: PostgresPlace):
    databases = [await PostgresDatabase.open(place) for _ in range(2)]
    heard: asyncio.Queue[Hint] = asyncio.Queue()
    databases[1].hints.listen(heard.put_nowait)

    await PostgresTaskStore(databases[0]).add(make_new(0))

    async with asyncio.timeout(PATIENCE_SECONDS):
        assert (await heard.get()).waiting
    for database in databases:
        await database.close()


async def test_a_pooler_that_is_killed_and_comes_back_loses_nothing_and_doubles_nothing(
    pooler: Pooler, place: PostgresPlace
):
    database = await PostgresDatabase.open(place)
    traffic = Traffic(PostgresTaskStore(database))

    async def kill_and_start() -> None:
        pooler.kill()
        await asyncio.to_thread(pooler.start)

    await traffic.run_through([kill_and_start] * 3)

    await database.close()
    await traffic.check_that_all_is_stored_once(place.direct_url)


async def test_without_its_pooler_a_store_is_unavailable_until_that_is_back(
    pooler: Pooler, place: PostgresPlace
):
    database = await PostgresDatabase.open(place)
    store = PostgresTaskStore(database)
    await store.add(make_new(0))

    pooler.kill()
    with pytest.raises(StoreUnavailable):
        await store.add(make_new(1))
    with pytest.raises(StoreUnavailable):
        await store.find(make_new(0).task.id)
    pooler.start()

    await store.add(make_new(1))
    assert await store.find(make_new(0).task.id) is not None
    await database.close()


async def test_a_pooler_whose_database_is_away_is_told_as_unavailable():
    server = PostgresServer.start_new()
    pooler = Pooler(server, patience_seconds=1)
    pooler.start()
    database = await PostgresDatabase.open(
        PostgresPlace(pooler.url_of(server.url_of()), server.url_of())
    )
    store = PostgresTaskStore(database)
    await store.add(make_new(0))

    server.stop()
    with pytest.raises(StoreUnavailable):
        await store.add(make_new(1))
    with pytest.raises(StoreUnavailable):
        await store.find(make_new(0).task.id)
    server.start()

    await _until_it_is_back(store)
    await database.close()
    pooler.close()
    server.close()


async def _until_it_is_back(store: PostgresTaskStore) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                await store.add(make_new(1))
            except StoreUnavailable:
                await asyncio.sleep(0.1)
            else:
                return


async def test_the_pooler_gives_few_connections_to_many(place: PostgresPlace):
    databases = [await PostgresDatabase.open(place) for _ in range(3)]
    stores = [PostgresTaskStore(database) for database in databases]
    await asyncio.gather(*(stores[n % 3].add(make_new(n)) for n in range(30)))
    await asyncio.gather(*(stores[n % 3].find(make_new(n).task.id) for n in range(30)))

    connection = await asyncpg.connect(place.direct_url)
    lines = await connection.fetchval(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    )
    await connection.close()

    assert lines <= 2 + len(databases) + 1  # the pooler's, those that listen, and the one that asks
    for database in databases:
        await database.close()


def test_a_server_runs_behind_a_pooler(
    place: PostgresPlace, start_server: Callable[[Mapping[str, str]], RunningKaiga]
):
    server = start_server({"KAIGA_STORE": place.url, "KAIGA_STORE_DIRECT": place.direct_url})
    with server.client() as client:
        task_ids = [server.submit(client, f"{number} cats") for number in range(3)]
        ended = [server.wait_for_end(client, task_id) for task_id in task_ids]
    assert {each["output"]["task_status"] for each in ended} == {"SUCCEEDED"}
    assert "Traceback" not in server.log()
