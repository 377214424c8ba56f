from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from domain.samples import ACCOUNT, SECRET, START, WEBHOOK
from edition import share_postgres
from kaiga.ports.key_store import KeyStore
from kaiga.ports.limit_store import LimitStore
from kaiga.ports.task_store import TaskStore
from postgres_server import PostgresServer
from store.opened import STORES, OpenedSqlite, OpenedStore


@pytest.fixture(params=STORES)
async def opened(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[OpenedStore]:
    """Each store in turn, with one address that is told of the ends of the samples' tasks."""
    store = await STORES[request.param].start(tmp_path)
    await store.webhooks.add_webhook(ACCOUNT, WEBHOOK, SECRET, START)
    yield store
    await store.close()


@pytest.fixture(scope="session")
def postgres() -> PostgresServer:
    """A server that other tests use as well: it is neither to be stopped nor killed."""
    return share_postgres()


@pytest.fixture
def tasks(opened: OpenedStore) -> TaskStore:
    return opened.tasks


@pytest.fixture
def keys(opened: OpenedStore) -> KeyStore:
    return opened.keys


@pytest.fixture
def limits(opened: OpenedStore) -> LimitStore:
    return opened.limits


@pytest.fixture
async def sqlite(tmp_path: Path) -> AsyncIterator[OpenedSqlite]:
    """The SQLite store alone, for what is true of it and of no other."""
    store = OpenedSqlite(tmp_path)
    yield store
    await store.close()
