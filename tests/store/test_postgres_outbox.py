"""The outbox over PostgreSQL: many couriers on many nodes, some of which die."""

import asyncio
from collections import Counter

import pytest

from domain.samples import ACCOUNT, OTHER_ACCOUNT, after, make_failed
from kaiga.domain.webhooks import DeliveryState, Progress
from kaiga.ports.outbox import DeliveryFilter
from kaiga.store.postgres.connecting import PostgresPlace, connect
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.due_deliveries import HEADS, LEASED
from kaiga.store.postgres.outbox import PostgresOutbox
from store.opened import OpenedPostgres
from worker.workshop import wait_until

LATER = after(60_000)
DELIVERED = Progress(state=DeliveryState.DELIVERED, tries=1, done_at=LATER, answer_status=204)


@pytest.fixture
async def opened(tmp_path):
    store = await OpenedPostgres.start(tmp_path)
    yield store
    await store.close()


async def end(opened: OpenedPostgres, number: int, url: str, account=ACCOUNT) -> None:
    await opened.tasks.add(make_failed(number, account=account, webhook=url))


async def test_nodes_that_claim_at_once_keep_the_bounds_and_share_nothing(opened: OpenedPostgres):
    for number in range(40):
        await end(opened, number, f"https://{number % 10}.example/")
    databases = [
        await PostgresDatabase.open(PostgresPlace(opened.url, opened.url)) for _ in range(3)
    ]
    nodes = [PostgresOutbox(database) for database in databases]

    claimed = await asyncio.gather(*(node.claim_due(LATER, 8) for node in nodes))

    deliveries = [each.delivery for due in claimed for each in due]
    assert len({each.id for each in deliveries}) == len(deliveries) == 16
    assert max(Counter(each.url for each in deliveries).values()) <= 4
    for database in databases:
        await database.close()


async def test_what_a_dead_node_had_is_due_again_when_its_lease_ends(opened: OpenedPostgres):
    await end(opened, 0, "https://a.example/")
    dead = PostgresOutbox(opened.database, lease_seconds=0.3)
    [held] = await dead.claim_due(LATER, 8)
    assert await opened.outbox.claim_due(LATER, 8) == []

    async def claim_again() -> bool:
        return list(await opened.outbox.claim_due(LATER, 8)) == [held]

    await wait_until(claim_again)


async def test_who_has_lost_its_lease_neither_records_nor_releases(opened: OpenedPostgres):
    await end(opened, 0, "https://a.example/")
    frozen = PostgresOutbox(opened.database, lease_seconds=-1)
    [held] = await frozen.claim_due(LATER, 8)
    [again] = await opened.outbox.claim_due(LATER, 8)
    await opened.outbox.record(again.delivery, DELIVERED, disables=False)

    await frozen.record(held.delivery, Progress(tries=1, next_try_at=LATER), disables=False)
    frozen.release(held.delivery.id)

    [logged] = await opened.outbox.list_deliveries(DeliveryFilter(account=ACCOUNT), 9)
    assert logged.progress == DELIVERED
    assert await opened.outbox.claim_due(LATER, 8) == []


async def test_claims_read_no_more_of_a_full_outbox_than_they_take(opened: OpenedPostgres):
    connection = await connect(opened.url)
    await connection.execute(
        """INSERT INTO outbox (task_id, account, url, origin, is_of_task, status, key_id,
            request_id, region, operation, model, started_ms, ended_ms, is_due, leased_until)
        SELECT gen_random_uuid(), 'a' || n % 7, 'u' || n, 'o' || n % 50, 0, 'FAILED', '1', 'r', '',
            'o', 'm', 1, 2, (n % 100 < 50)::int, CASE WHEN n % 5000 = 0 THEN 9e9 END
        FROM generate_series(1, 20000) AS n"""
    )
    await connection.execute("ANALYZE outbox")

    heads = await connection.fetch(f"EXPLAIN {HEADS}", "a3", "o1", 64, 1.0)
    leased = await connection.fetch(f"EXPLAIN {LEASED}", 1.0)
    await connection.close()

    plan = "\n".join(row[0] for row in heads)
    assert "outbox_due" in plan
    assert "Seq Scan" not in plan
    assert "Sort Key: outbox.account" not in plan
    assert "outbox_leased" in "\n".join(row[0] for row in leased)


async def test_an_account_that_is_full_does_not_hide_those_behind_it(opened: OpenedPostgres):
    for number in range(90):
        await end(opened, number, f"https://{number}.example/")
    await opened.tasks.add(make_failed(91, account=OTHER_ACCOUNT, webhook="https://a.example/"))

    claimed = await opened.outbox.claim_due(LATER, 32)

    accounts = Counter(each.delivery.notice.account for each in claimed)
    assert accounts == {ACCOUNT: 16, OTHER_ACCOUNT: 1}
