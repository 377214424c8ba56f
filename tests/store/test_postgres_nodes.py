"""Several nodes on one database of PostgreSQL."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg
import msgspec
import pytest

from domain.samples import (
    ACCOUNT,
    MODEL,
    OTHER_ACCOUNT,
    RETENTION,
    START,
    after,
    always,
    make_lease,
    make_new,
    make_success,
)
from fakes import SetPolicy
from kaiga.domain.errors import LeaseLost
from kaiga.domain.ids import WorkerId
from kaiga.domain.tasks import Claim, IdempotencyMark
from kaiga.store.postgres.connecting import PostgresPlace
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.task_store import PostgresTaskStore
from postgres_server import PostgresServer

TASKS_OF_EACH = 1500
AT_ONCE = 25
PATIENCE_SECONDS = 30


@pytest.fixture
async def nodes(postgres: PostgresServer) -> AsyncIterator[Sequence[PostgresTaskStore]]:
    url = postgres.make_database()
    databases = [await PostgresDatabase.open(PostgresPlace(url, url)) for _ in range(4)]
    policy = SetPolicy(weights={ACCOUNT: 3.0})
    yield [PostgresTaskStore(database, policy) for database in databases]
    await asyncio.gather(*(database.close() for database in databases))
    postgres.drop_database(url)


async def claim(store: PostgresTaskStore, number: int, most: int) -> Sequence[Claim]:
    lease = make_lease(WorkerId(f"worker-{number}"))
    return await store.claim(frozenset({MODEL}), lease, most, "sketch", always(START))


async def add_all(store: PostgresTaskStore) -> None:
    """Have each of two accounts wait with as many tasks."""
    await asyncio.gather(
        *(
            store.add(make_new(2 * number + place, account=account))
            for number in range(TASKS_OF_EACH)
            for place, account in enumerate([ACCOUNT, OTHER_ACCOUNT])
        )
    )


async def test_four_nodes_claim_three_thousand_tasks_each_once_and_by_their_weights(
    nodes: Sequence[PostgresTaskStore],
):
    await add_all(nodes[0])
    claimed: list[Claim] = []

    async def claim_all(number: int) -> None:
        while found := await claim(nodes[number], number, AT_ONCE):
            claimed.extend(found)

    await asyncio.gather(*map(claim_all, range(4)))

    assert len(claimed) == 2 * TASKS_OF_EACH
    assert len({each.task.id for each in claimed}) == 2 * TASKS_OF_EACH
    assert {each.task.attempt for each in claimed} == {1}
    shares = Counter(each.task.account for each in claimed[:TASKS_OF_EACH])
    assert shares[ACCOUNT] == pytest.approx(0.75 * TASKS_OF_EACH, abs=4 * AT_ONCE)


async def test_of_two_nodes_that_end_one_attempt_the_first_alone_is_heard(
    nodes: Sequence[PostgresTaskStore],
):
    await asyncio.gather(*(nodes[0].add(make_new(number)) for number in range(200)))
    claims = await claim(nodes[0], 0, 200)

    answers = await asyncio.gather(
        *(
            node.finish(each, make_success(each), START, START + RETENTION)
            for each in claims
            for node in nodes[:2]
        ),
        return_exceptions=True,
    )

    assert Counter(type(answer) for answer in answers) == {type(None): 200, LeaseLost: 200}


HOLD_KEY = """
    INSERT INTO submissions (account, workspace, key, body_digest, task_id, expires_ms)
    VALUES ($1, $2, 'held', '', gen_random_uuid(), 9000000000000)
"""
COUNT_HELD_UP = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@asynccontextmanager
async def key_held_elsewhere(url: str) -> AsyncIterator[asyncpg.Connection]:
    """Hold an idempotency key in a transaction that is undone at the end."""
    connection = await asyncpg.connect(url)
    holding = connection.transaction()
    await holding.start()
    task = make_new(0).task
    await connection.execute(HOLD_KEY, task.account, task.workspace)
    try:
        yield connection
    finally:
        await holding.rollback()
        await connection.close()


async def test_a_create_that_waits_for_another_node_holds_up_no_other(postgres: PostgresServer):
    url = postgres.make_database()
    database = await PostgresDatabase.open(PostgresPlace(url, url))
    store = PostgresTaskStore(database, SetPolicy())
    mark = IdempotencyMark(key="held", body_digest=b"", expires_at=after(1000))

    async with asyncio.timeout(PATIENCE_SECONDS):
        await store.add(make_new(2))  # its lane is there for the others
        async with key_held_elsewhere(url) as elsewhere:
            waiting = asyncio.ensure_future(
                store.add(msgspec.structs.replace(make_new(0), idempotency=mark))
            )
            while not await elsewhere.fetchval(COUNT_HELD_UP):  # noqa: ASYNC110  another process makes it true
                await asyncio.sleep(0.01)

            await store.add(make_new(1))
            assert not waiting.done()
        await waiting

    assert await store.find(make_new(0).task.id)
    await database.close()
    postgres.drop_database(url)
