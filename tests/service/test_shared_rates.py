"""A rate holds over all nodes: what one lets through counts at the others soon after."""

import asyncio
from collections.abc import Mapping

import pytest

from domain.samples import MODEL, PRINCIPAL
from fakes import SetLeaseClock
from kaiga.domain.errors import RateExceeded, StoreUnavailable
from kaiga.domain.limits import LimitBook, LimitRule
from kaiga.domain.rates import Counted, Rate
from kaiga.service.limits.limit_rates import LimitRates
from kaiga.service.limits.shared_rates import SharedRates

TWO = Counted("two in a thousand seconds", Rate(2, 1000))


class MemoryExchange:
    """A `RateExchange` by a clock that a test sets; it can be away."""

    def __init__(self, clock: SetLeaseClock) -> None:
        self.clock = clock
        self.is_away = False
        self.free_at: dict[Counted, float] = {}

    async def exchange(self, taken: Mapping[Counted, int]) -> Mapping[Counted, float]:
        await asyncio.sleep(0)
        if self.is_away:
            raise StoreUnavailable
        now = self.clock.now()
        for each, times in taken.items():
            cost = times * each.rate.period_seconds / each.rate.times
            self.free_at[each] = max(self.free_at.get(each, 0.0), now) + cost
        return {each: self.free_at[each] - now for each in taken}


@pytest.fixture
def clock() -> SetLeaseClock:
    return SetLeaseClock(1000.0)


@pytest.fixture
def exchange(clock: SetLeaseClock) -> MemoryExchange:
    return MemoryExchange(clock)


def make_node(exchange: MemoryExchange) -> SharedRates:
    return SharedRates(exchange, exchange.clock, exchange_seconds=0)


def take_all(node: SharedRates, clock: SetLeaseClock, counted: Counted = TWO) -> int:
    """Have it happen as often as it may; tells how often that was."""
    times = 0
    while node.take((counted,), clock.now()) == 0:
        times += 1
    return times


async def settle(*nodes: SharedRates) -> None:
    for node in nodes:
        if node._exchanging is not None:
            await node._exchanging


async def test_what_another_node_let_through_counts_here(
    exchange: MemoryExchange, clock: SetLeaseClock
):
    one, other = make_node(exchange), make_node(exchange)
    take_all(one, clock)
    await settle(one)
    other.take((TWO,), clock.now())

    await settle(other)

    assert other.take((TWO,), clock.now()) == 1000.0


async def test_over_a_long_time_no_more_passes_at_two_nodes_than_at_one(
    exchange: MemoryExchange, clock: SetLeaseClock
):
    ten_a_second = Counted("ten a second", Rate(10, 1))
    nodes = [make_node(exchange), make_node(exchange)]
    passed = 0
    for _ in range(500):
        passed += sum(take_all(node, clock, ten_a_second) for node in nodes)
        await settle(*nodes)
        clock.at += 0.2

    assert 1000 <= passed <= 1000 + 2 * 10


async def test_what_happens_while_others_are_told_counts_as_well(
    exchange: MemoryExchange, clock: SetLeaseClock
):
    await exchange.exchange({TWO: 1})
    node = SharedRates(exchange, clock, exchange_seconds=3600)
    node.take((TWO,), clock.now())
    await asyncio.sleep(0)
    node.take((TWO,), clock.now())

    for _ in range(10):
        await asyncio.sleep(0)

    assert node.take((TWO,), clock.now()) == 1000.0
    assert node._exchanging is not None
    node._exchanging.cancel()


async def test_while_the_exchange_is_away_each_node_holds_its_own_count_and_tells_it_later(
    exchange: MemoryExchange, clock: SetLeaseClock
):
    node = make_node(exchange)
    exchange.is_away = True
    assert take_all(node, clock) == 2
    await asyncio.sleep(0.01)
    assert not exchange.free_at

    exchange.is_away = False
    await settle(node)

    assert exchange.free_at[TWO] == clock.now() + 1000.0


async def test_what_is_turned_away_is_told_to_nobody(
    exchange: MemoryExchange, clock: SetLeaseClock
):
    node = make_node(exchange)
    take_all(node, clock)
    await settle(node)
    told = dict(exchange.free_at)

    for _ in range(5):
        node.take((TWO,), clock.now())
    await settle(node)

    assert exchange.free_at == told


async def test_nodes_share_the_limits_of_accounts_and_tell_nothing_where_there_is_none(
    exchange: MemoryExchange, clock: SetLeaseClock
):
    book = LimitBook()
    shared = [make_node(exchange), make_node(exchange)]
    one, other = (LimitRates(book=book, clock=clock, rates=each) for each in shared)
    one.admit_submission(PRINCIPAL, MODEL)
    await settle(*shared)
    assert not exchange.free_at

    book.replace([LimitRule(submissions_per_minute=2)])
    one.admit_submission(PRINCIPAL, MODEL)
    one.admit_submission(PRINCIPAL, MODEL)
    await settle(*shared)
    other.admit_submission(PRINCIPAL, MODEL)
    await settle(*shared)

    with pytest.raises(RateExceeded) as refused:
        other.admit_submission(PRINCIPAL, MODEL)
    assert refused.value.retry_after_seconds == 60
