"""What is true of the store over PostgreSQL and of no other."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from domain.samples import make_new
from kaiga.store.postgres.connecting import PostgresPlace
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.task_store import PostgresTaskStore
from postgres_server import PostgresServer


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
