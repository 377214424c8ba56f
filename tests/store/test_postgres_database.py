"""What is true of the store over PostgreSQL and of no other."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import pytest

from domain.samples import make_new
from kaiga.compose.doctor.checks import Verdict, check_store
from kaiga.domain.errors import StartRefused
from kaiga.settings import read_settings
from kaiga.store.postgres.committing import BEGIN, CommittingConnection
from kaiga.store.postgres.connecting import (
    UNAVAILABLE_ERRORS,
    Connection,
    PostgresPlace,
    connect,
)
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.migrating import migrate
from kaiga.store.postgres.task_store import PostgresTaskStore
from postgres_server import PostgresServer
from raw_rows import PostgresRows

WRITE = "UPDATE fair_clock SET turn = turn + 1"
NEWER = """
    CREATE TABLE schema_versions (number integer);
    INSERT INTO schema_versions VALUES (9999)
"""


@pytest.fixture
async def database(postgres: PostgresServer) -> AsyncIterator[PostgresDatabase]:
    url = postgres.make_database()
    database = await PostgresDatabase.open(PostgresPlace(url, url))
    yield database
    await database.close()
    postgres.drop_database(url)


async def test_what_was_added_is_found(database: PostgresDatabase):
    store = PostgresTaskStore(database)
    new = [make_new(number) for number in range(100)]
    await asyncio.gather(*(store.add(each) for each in new))
    assert await asyncio.gather(*(store.find(each.task.id) for each in new)) == [
        each.task for each in new
    ]
    assert database.writer.commits < 10


def test_a_database_of_a_newer_kaiga_is_told_and_left_alone(postgres: PostgresServer):
    url = postgres.make_database()
    rows = PostgresRows(url)
    rows.ask(lambda connection: connection.execute(NEWER))

    with pytest.raises(StartRefused, match="schema 9999"):
        rows.ask(migrate)
    examined = check_store(read_settings({"KAIGA_STORE": url}))

    assert examined.verdict is Verdict.FAIL
    assert "schema 9999" in examined.found
    tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
    assert rows.select(tables) == [("schema_versions",)]
    postgres.drop_database(url)


async def test_what_stands_still_in_a_transaction_lets_go_of_its_locks(
    database: PostgresDatabase,
):
    url = database.place.url
    still, other = (CommittingConnection(partial(connect, url), BEGIN) for _ in range(2))
    is_holding, is_written = asyncio.Event(), asyncio.Event()

    async def write(connection: Connection) -> tuple[None, tuple[str, ...]]:
        await connection.execute(WRITE)
        return None, ()

    async def stand_still(connection: Connection) -> tuple[None, tuple[str, ...]]:
        limit = await connection.fetchval("SHOW idle_in_transaction_session_timeout")
        assert limit == "10s"
        await connection.execute("SET LOCAL idle_in_transaction_session_timeout TO '200ms'")
        await write(connection)
        is_holding.set()
        await is_written.wait()
        return await write(connection)

    standing = asyncio.create_task(still.run(stand_still))
    await is_holding.wait()
    await other.run(write)
    is_written.set()

    with pytest.raises(UNAVAILABLE_ERRORS):
        await standing
    await still.run(write)
    await still.close()
    await other.close()
