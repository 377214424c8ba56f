"""PostgreSQL that goes away and comes back, and lines to it that are cut."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from itertools import count

import asyncpg
import pytest

from domain.samples import (
    MODEL,
    RETENTION,
    START,
    always,
    make_lease,
    make_new,
    make_success,
)
from kaiga.domain.errors import LeaseLost, StoreUnavailable
from kaiga.domain.ids import TaskId
from kaiga.domain.tasks import Claim, TaskStatus
from kaiga.store.postgres.connecting import PostgresPlace
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.task_store import PostgresTaskStore
from postgres_server import PostgresServer

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
"""A simple query as it goes over the line."""
CALLERS = 8
PAUSE_SECONDS = 0.02
PATIENCE_SECONDS = 30.0
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


async def count_tasks(url: str) -> int:
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("SELECT count(*) FROM tasks"))
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
    assert await count_tasks(url) == 2


async def test_a_commit_that_never_arrives_is_told_as_not_done(
    proxied: tuple[CuttingProxy, PostgresTaskStore, str],
):
    proxy, store, url = proxied
    await store.add(make_new(0))
    proxy.cuts_at_commit = "before"

    with pytest.raises(StoreUnavailable):
        await store.add(make_new(1))

    assert proxy.cuts == 1
    assert await count_tasks(url) == 1
    await store.add(make_new(1))
    assert await count_tasks(url) == 2


class Traffic:
    """Creates, claims and ends for as long as wanted; knows what was acknowledged."""

    def __init__(self, store: PostgresTaskStore) -> None:
        self._store = store
        self.added: set[TaskId] = set()
        self.ended: set[TaskId] = set()
        self.is_over = False

    async def create(self, first: int) -> None:
        for number in count(first, CALLERS):
            if self.is_over:
                return
            new = make_new(number)
            if await self._try(self._store.add(new)):
                self.added.add(new.task.id)

    async def work(self) -> None:
        while not self.is_over:
            with contextlib.suppress(StoreUnavailable):
                claims = await self._store.claim(
                    frozenset({MODEL}), make_lease(), 8, "sketch", always(START)
                )
                await asyncio.gather(*map(self._end, claims))
            await asyncio.sleep(PAUSE_SECONDS)

    async def wait_for_ends(self, more: int) -> None:
        wanted = len(self.ended) + more
        await wait_until(lambda: len(self.ended) >= wanted)

    async def _end(self, claim: Claim) -> None:
        """End a task, again and again while the database is away."""
        outcome, expires_at = make_success(claim), START + RETENTION
        with contextlib.suppress(LeaseLost):  # it had come through, and nobody could say so
            while not await self._try(self._store.finish(claim, outcome, START, expires_at)):
                pass
        self.ended.add(claim.task.id)

    async def _try(self, writing: Coroutine[None, None, None]) -> bool:
        try:
            await writing
        except StoreUnavailable:
            await asyncio.sleep(PAUSE_SECONDS)
            return False
        return True


async def wait_until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not is_so():  # noqa: ASYNC110  counts that nothing tells of
            await asyncio.sleep(PAUSE_SECONDS)


async def test_a_database_that_is_killed_and_comes_back_loses_nothing_and_doubles_nothing(
    server: PostgresServer,
):
    url = server.make_database()
    database = await PostgresDatabase.open(PostgresPlace(url, url))
    traffic = Traffic(PostgresTaskStore(database))

    async with asyncio.TaskGroup() as group:
        for first in range(CALLERS):
            group.create_task(traffic.create(first))
        group.create_task(traffic.work())
        for _ in range(2):
            await traffic.wait_for_ends(20)
            await asyncio.to_thread(server.stop, signal.SIGQUIT)
            await asyncio.to_thread(server.start)
        await traffic.wait_for_ends(20)  # it has come back by itself
        traffic.is_over = True

    await database.close()
    connection = await asyncpg.connect(url)
    rows = await connection.fetch("SELECT id::text, status FROM tasks")
    stored = {str(row[0]): str(row[1]) for row in rows}
    billed = {row[0] for row in await connection.fetch("SELECT task_id::text FROM usage_ledger")}
    await connection.close()
    assert traffic.added <= stored.keys()
    ended = {task_id for task_id, status in stored.items() if status == TaskStatus.SUCCEEDED}
    assert ended == billed == traffic.ended
