"""How many processes an engine has, as a table."""

import pytest

from kaiga.domain.scaling import Load, Scale, choose_count

SCALE = Scale(fewest=0, most=8, queue_seconds=10.0, idle_seconds=300.0)


@pytest.mark.parametrize(
    ("load", "count"),
    [
        (Load(), 0),
        (Load(waiting=1), 1),
        (Load(waiting=100), 1),
        (Load(waiting=100, starting=1), 1),
        (Load(waiting=100, busy=1, oldest_seconds=9.0), 1),
        (Load(waiting=100, busy=1, oldest_seconds=10.0), 2),
        (Load(waiting=100, busy=2, oldest_seconds=10.0), 4),
        (Load(waiting=1, busy=2, oldest_seconds=10.0), 3),
        (Load(waiting=100, busy=2, starting=2, oldest_seconds=10.0), 4),
        (Load(waiting=100, busy=7, oldest_seconds=10.0), 8),
        (Load(waiting=100, busy=8, oldest_seconds=99.0), 8),
        (Load(waiting=100, busy=1, idle=1, oldest_seconds=99.0), 2),
        (Load(waiting=100, busy=1, idle=1, rested=1, oldest_seconds=99.0), 1),
        (Load(busy=2, idle=2), 4),
        (Load(busy=2, idle=2, rested=1), 3),
        (Load(idle=1, rested=1), 0),
        (Load(starting=3), 0),
        (Load(busy=1, starting=1), 1),
    ],
)
def test_the_count_follows_from_the_load(load: Load, count: int):
    assert choose_count(SCALE, load) == count


def test_the_fewest_are_there_though_nothing_waits():
    scale = Scale(fewest=2, most=4, queue_seconds=10.0, idle_seconds=1.0)

    assert choose_count(scale, Load()) == 2
    assert choose_count(scale, Load(idle=2, rested=2)) == 2


def test_none_is_more_than_the_most():
    scale = Scale(fewest=0, most=0, queue_seconds=0.0, idle_seconds=1.0)

    assert choose_count(scale, Load(waiting=5, oldest_seconds=9.0)) == 0
