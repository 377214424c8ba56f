"""Nodes count what may not happen any number of times in one place, over PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator

import asyncpg
import pytest

from kaiga.domain.rates import Counted, Rate
from kaiga.service.limits.shared_rates import SharedRates
from kaiga.store.postgres.connecting import PostgresPlace
from kaiga.store.postgres.database import PostgresDatabase
from kaiga.store.postgres.rate_exchange import PostgresRateExchange
from kaiga.system_clock import MonotonicLeaseClock
from store.opened import OpenedPostgres

LONG = 1_000_000
"""Seconds beside which those of a test count for nothing."""
FIRST, SECOND = (Counted(("model", name), Rate(1, LONG)) for name in ("first", "second"))
TWICE = Counted(("model", "first"), Rate(2, LONG))


@pytest.fixture
async def opened() -> AsyncIterator[OpenedPostgres]:
    opened = await OpenedPostgres.start(None)  # type: ignore[arg-type]  no folder of its own
    yield opened
    await opened.close()


@pytest.fixture
async def exchanges(
    opened: OpenedPostgres,
) -> AsyncIterator[tuple[PostgresRateExchange, PostgresRateExchange]]:
    """Those of two nodes."""
    database = await PostgresDatabase.open(PostgresPlace(opened.url, opened.url))
    yield PostgresRateExchange(opened.database), PostgresRateExchange(database)
    await database.close()


async def test_two_nodes_count_together(
    exchanges: tuple[PostgresRateExchange, PostgresRateExchange],
):
    one, other = exchanges
    assert await one.exchange({FIRST: 2}) == {FIRST: pytest.approx(2 * LONG, rel=1e-3)}

    counted = await other.exchange({FIRST: 1, SECOND: 1})

    assert counted[FIRST] == pytest.approx(3 * LONG, rel=1e-3)
    assert counted[SECOND] == pytest.approx(LONG, rel=1e-3)


async def test_another_rate_of_the_same_is_counted_apart(
    exchanges: tuple[PostgresRateExchange, PostgresRateExchange],
):
    one, other = exchanges
    await one.exchange({FIRST: 5})

    assert await other.exchange({TWICE: 1}) == {TWICE: pytest.approx(LONG / 2, rel=1e-3)}


async def test_many_exchanges_at_once_lose_nothing(
    exchanges: tuple[PostgresRateExchange, PostgresRateExchange],
):
    told = [({FIRST: 1, SECOND: 1}, {SECOND: 1, FIRST: 1})[number % 2] for number in range(100)]

    await asyncio.gather(
        *(exchanges[number // 2 % 2].exchange(each) for number, each in enumerate(told))
    )

    counted = await exchanges[0].exchange({FIRST: 1, SECOND: 1})
    assert counted == {each: pytest.approx(101 * LONG, rel=1e-3) for each in (FIRST, SECOND)}


async def test_what_is_as_if_nothing_had_happened_starts_anew_and_is_forgotten(
    exchanges: tuple[PostgresRateExchange, PostgresRateExchange], opened: OpenedPostgres
):
    await exchanges[0].exchange({FIRST: 1, SECOND: 1})
    connection = await asyncpg.connect(opened.url)
    await connection.execute("UPDATE rates SET free_at = 1")
    await connection.close()

    assert await exchanges[0].exchange({FIRST: 1}) == {FIRST: pytest.approx(LONG, rel=1e-3)}
    await exchanges[1].exchange({FIRST: 1})
    assert len(opened.select("SELECT 1 FROM rates")) == 1


async def test_a_node_learns_by_its_first_call_what_others_have_let_through(
    exchanges: tuple[PostgresRateExchange, PostgresRateExchange],
):
    ten = Counted("ten", Rate(10, LONG))
    clock = MonotonicLeaseClock()
    await exchanges[0].exchange({ten: 10})
    node = SharedRates(exchanges[1], clock, exchange_seconds=0)
    assert node.take((ten,), clock.now()) == 0

    assert node._exchanging is not None
    await node._exchanging

    assert node.take((ten,), clock.now()) > LONG / 10
