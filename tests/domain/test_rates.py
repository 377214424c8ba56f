"""Rates: so many at once, then one after the other, exactly; what is over is forgotten."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiga.domain.rates import Counted, Rate, Rates, whole_seconds

MINUTE = 60
TWO_A_MINUTE = Counted("a", Rate(2, MINUTE))
rates_of_any_kind = st.builds(Rate, st.integers(1, 1000), st.sampled_from([1, MINUTE]))


def take(rates: Rates, now: float, *counted: Counted) -> float:
    return rates.take(counted or (TWO_A_MINUTE,), now)


def test_so_many_pass_at_once_and_the_next_is_told_when_it_may():
    rates = Rates()

    assert [take(rates, 100.0) for _ in range(3)] == [0, 0, 30.0]
    assert take(rates, 129.0) == 1.0
    assert take(rates, 130.0) == 0
    assert take(rates, 130.0) == 30.0
    assert take(rates, 160.0) == 0


def test_what_is_turned_away_counts_for_nothing():
    rates = Rates()
    for _ in range(100):
        take(rates, 100.0)

    assert take(rates, 130.0) == 0


def test_a_rest_gives_no_more_than_one_period_s_worth():
    rates = Rates()
    take(rates, 0.0)

    assert [take(rates, 1_000_000.0) for _ in range(3)] == [0, 0, 30.0]


def test_what_is_counted_apart_does_not_meet():
    rates = Rates()
    other = Counted("b", TWO_A_MINUTE.rate)
    take(rates, 0.0)
    take(rates, 0.0)

    assert take(rates, 0.0) > 0
    assert take(rates, 0.0, other) == 0


def test_a_new_rate_counts_anew():
    rates = Rates()
    take(rates, 0.0)
    take(rates, 0.0)

    assert take(rates, 0.0, Counted("a", Rate(3, MINUTE))) == 0


def test_of_two_rates_the_stricter_decides_and_a_refusal_counts_in_neither():
    rates = Rates()
    both = (Counted("a", Rate(10, 1)), Counted("key", Rate(1, MINUTE)))

    assert [take(rates, 5.0, *both) for _ in range(2)] == [0, 60.0]
    assert [take(rates, 5.0, both[0]) for _ in range(10)] == [0] * 9 + [0.1]


@given(rates_of_any_kind, st.lists(st.floats(0, 30), max_size=200))
def test_never_more_pass_than_the_first_lot_and_the_rate(rate: Rate, pauses: list[float]):
    rates, now, passed = Rates(), 1000.0, []
    for pause in pauses:
        now += pause
        if rates.take([Counted("a", rate)], now) == 0:
            passed.append(now)

    for number, end in enumerate(passed):
        for first, start in enumerate(passed[: number + 1]):
            allowed = rate.times + (end - start) * rate.times / rate.period_seconds
            assert number - first + 1 <= allowed + 1e-6


@given(rates_of_any_kind, st.floats(0, 1e6))
def test_whoever_waits_as_long_as_told_may_pass_and_no_one_sooner(rate: Rate, now: float):
    rates, counted = Rates(), [Counted("a", rate)]
    assert [rates.take(counted, now) for _ in range(rate.times)] == [0] * rate.times

    wait = rates.take(counted, now)

    assert wait == pytest.approx(rate.period_seconds / rate.times)
    assert rates.take(counted, now + wait * 0.99) > 0
    assert rates.take(counted, now + whole_seconds(wait)) == 0


def test_what_is_over_is_forgotten_however_many_there_were():
    rates = Rates()

    for number in range(100_000):
        rates.take([Counted(number, Rate(1, 1))], float(number))

    assert len(rates) < 2000


def test_what_is_not_over_is_remembered_however_many_there_are():
    rates = Rates()
    each = [Counted(number, Rate(1, MINUTE)) for number in range(5000)]
    for counted in each:
        rates.take([counted], 10.0)

    assert all(rates.take([counted], 10.0) == 60.0 for counted in each)


@pytest.mark.parametrize(
    ("wait", "told"), [(0.001, 1), (1.0, 1), (1.001, 2), (29.5, 30), (60.0, 60)]
)
def test_a_wait_is_told_in_whole_seconds_that_are_enough(wait: float, told: int):
    assert whole_seconds(wait) == told


def test_what_others_did_counts_as_well_and_takes_nothing_back():
    rates = Rates()
    rates.put_ahead(TWO_A_MINUTE, 45.0, 100.0)
    assert take(rates, 100.0) == 15.0

    rates.put_ahead(TWO_A_MINUTE, 0.0, 100.0)

    assert take(rates, 100.0) == 15.0
