"""PostgreSQL that goes away and comes back, and lines to it that are cut."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from domain.samples import (
    make_new,
)
from kaiga.domain.errors import StoreUnavailable
from kaiga.store.postgres.connecting import PostgresPlace
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.task_store import PostgresTaskStore
from postgres_server import PostgresServer
from store.traffic import Traffic

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
"""A simple query as it goes over the line."""
SYNCED = {"fsync": "on", "full_page_writes": "on"}


@pytest.fixture(scope="module")
def server() -> Iterator[PostgresServer]:
    """One of this file's own, which may be killed."""
    server = PostgresServer.start_new(SYNCED)
    yield server
    server.close()


class CuttingProxy:
    """Passes bytes on to a server, until it is told to cut the line at the next COMMIT."""

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._listening: asyncio.Server | None = None
        self.cuts_at_commit: str | None = None
        """Cut "before" the server has it or "after" it was sent on; None passes everything."""
        self.cuts = 0

    async def start(self) -> int:
        self._listening = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return int(self._listening.sockets[0].getsockname()[1])

    async def close(self) -> None:
        assert self._listening is not None
        self._listening.close()

    async def _serve(self, client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
        is_muted = asyncio.Event()
        answering = asyncio.create_task(_pass_on(server, to_client, is_muted))
        with contextlib.suppress(OSError):
            await self._ask(client, to_server, is_muted, answering)
        answering.cancel()
        for writer in (to_client, to_server):
            writer.transport.abort()

    async def _ask(
        self,
        client: asyncio.StreamReader,
        to_server: asyncio.StreamWriter,
        is_muted: asyncio.Event,
        answering: asyncio.Task[None],
    ) -> None:
        while asked := await client.read(65536):
            how = self.cuts_at_commit if COMMIT in asked else None
            if how is not None:
                self.cuts_at_commit = None
                self.cuts += 1
                is_muted.set()
            if how != "before":
                to_server.write(asked)
                await to_server.drain()
            if how == "after":
                await answering  # the commit is done, and its answer stays here
            if how is not None:
                return


async def _pass_on(
    server: asyncio.StreamReader, to_client: asyncio.StreamWriter, is_muted: asyncio.Event
) -> None:
    """Pass on what the server answers; once muted, keep its next answer back and end."""
    with contextlib.suppress(OSError):
        while answered := await server.read(65536):
            if is_muted.is_set():
                return
            to_client.write(answered)
            await to_client.drain()
        to_client.close()


@pytest.fixture
async def proxied(
    server: PostgresServer,
) -> AsyncIterator[tuple[CuttingProxy, PostgresTaskStore, str]]:
    url = server.make_database()
    proxy = CuttingProxy(server.port)
    port = await proxy.start()
    through = url.replace(f":{server.port}/", f":{port}/")
    database = await PostgresDatabase.open(PostgresPlace(through, through))
    yield proxy, PostgresTaskStore(database), url
    await database.close()
    await proxy.close()


async def count(url: str, table: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval(f"SELECT count(*) FROM {table}"))  # noqa: S608  a test's own
    finally:
        await connection.close()


async def execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


async def test_a_commit_whose_answer_is_lost_is_told_as_done(
    proxied: tuple[CuttingProxy, PostgresTaskStore, str],
):
    proxy, store, url = proxied
    await store.add(make_new(0))
    proxy.cuts_at_commit = "after"

    await store.add(make_new(1))

    assert proxy.cuts == 1
    assert await count(url, "tasks") == 2


async def test_a_commit_that_never_arrives_is_told_as_not_done(
    proxied: tuple[CuttingProxy, PostgresTaskStore, str],
):
    proxy, store, url = proxied
    await store.add(make_new(0))
    proxy.cuts_at_commit = "before"

    with pytest.raises(StoreUnavailable):
        await store.add(make_new(1))

    assert proxy.cuts == 1
    assert await count(url, "tasks") == 1
    await store.add(make_new(1))
    assert await count(url, "tasks") == 2


async def test_what_came_of_a_commit_is_told_though_its_writer_was_quiet_for_days(
    proxied: tuple[CuttingProxy, PostgresTaskStore, str],
):
    proxy, store, url = proxied
    await store.add(make_new(0))

    await execute(url, "DELETE FROM commit_marks")
    proxy.cuts_at_commit = "before"
    with pytest.raises(StoreUnavailable):
        await store.add(make_new(1))
    await execute(url, "DELETE FROM commit_marks")
    proxy.cuts_at_commit = "after"
    await store.add(make_new(2))

    assert proxy.cuts == 2
    assert await count(url, "tasks") == 2


async def test_marks_of_writers_that_are_gone_are_forgotten_by_those_that_come(
    server: PostgresServer,
):
    url = server.make_database()

    async def add_one(number: int) -> None:
        database = await PostgresDatabase.open(PostgresPlace(url, url))
        await PostgresTaskStore(database).add(make_new(number))
        await database.close()

    await add_one(0)
    await add_one(1)
    assert await count(url, "commit_marks") == 2
    await execute(url, "UPDATE commit_marks SET marked_at = now() - interval '25 hours'")

    await add_one(2)

    assert await count(url, "commit_marks") == 1


async def test_a_database_that_is_killed_and_comes_back_loses_nothing_and_doubles_nothing(
    server: PostgresServer,
):
    url = server.make_database()
    database = await PostgresDatabase.open(PostgresPlace(url, url))
    traffic = Traffic(PostgresTaskStore(database))

    async def kill_and_start() -> None:
        await asyncio.to_thread(server.stop, signal.SIGQUIT)
        await asyncio.to_thread(server.start)

    await traffic.run_through([kill_and_start] * 2)

    await database.close()
    await traffic.check_that_all_is_stored_once(url)
