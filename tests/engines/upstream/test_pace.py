"""How often the upstream is asked how a task stands."""

import asyncio

import pytest

from kaiga.engines.upstream.budget import Backoff, QueryBudget
from kaiga.engines.upstream.pace import MeanTimes, Pace

PACE = Pace(shortest_seconds=1.0, longest_seconds=15.0)


@pytest.mark.parametrize(
    ("age", "mean", "wait"),
    [
        (0, None, 1),
        (30, None, 3),
        (600, None, 15),
        (0, 10, 8),
        (5, 10, 3),
        (9, 10, 1),
        (0, 600, 15),
        (500, 600, 15),
        (100, 10, 10),
    ],
    ids=str,
)
def test_a_task_is_looked_at_when_it_is_likely_to_have_ended(
    age: float, mean: float | None, wait: float
):
    assert PACE.find_wait(age, mean) == pytest.approx(wait)


def test_waits_of_about_the_same_length_end_together():
    ends = {PACE.align(now, wait) for now in (100.1, 101.0, 101.9) for wait in (4.0, 7.9)}

    assert ends == {104.0}
    assert PACE.align(104.0, 5.0) == 108.0


def test_the_newest_task_counts_most_for_what_is_usual():
    means = MeanTimes()
    for seconds in (10.0, 20.0, 20.0, 20.0):
        means.note("wan", seconds)

    assert 15 < (means.find("wan") or 0) < 20
    assert means.find("other") is None


def test_pauses_double_up_to_a_bound_unless_one_is_named():
    backoff = Backoff()

    assert [backoff.take_pause() for _ in range(6)] == [1, 2, 4, 8, 16, 30]
    assert backoff.take_pause(3.0) == 3.0
    backoff.reset()
    assert backoff.take_pause() == 1


async def test_queries_keep_their_distance_whoever_wants_them():
    now = asyncio.get_running_loop().time
    budget, began = QueryBudget(per_second=50), now()

    await asyncio.gather(*(budget.take() for _ in range(11)))

    assert now() - began >= 10 / 50


async def test_a_refused_query_holds_up_the_others():
    now = asyncio.get_running_loop().time
    budget, began = QueryBudget(per_second=1000), now()
    await budget.take()

    budget.hold(0.2)
    await budget.take()

    assert now() - began >= 0.2
