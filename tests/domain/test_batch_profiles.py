"""How many jobs are made together, from what was measured."""

import pytest

from kaiga.domain.batch_profiles import (
    BatchProfile,
    WorkShape,
    best_batch,
    count_joined,
    find_profile,
)

SHAPE = WorkShape(model="m", width_pixels=1024, height_pixels=1024)


def make_profile(**seconds: float) -> BatchProfile:
    """Seconds by size: `s1=1.0, s4=2.0`."""
    return BatchProfile(
        engine="local",
        shape=SHAPE,
        seconds={int(name[1:]): value for name, value in seconds.items()},
    )


RISING = make_profile(s1=1.0, s2=1.4, s4=2.0, s8=6.0)


@pytest.mark.parametrize(
    ("waiting", "best"), [(1, 1), (2, 2), (3, 2), (4, 4), (7, 4), (8, 4), (100, 4)]
)
def test_the_best_is_the_measured_size_with_the_highest_throughput(waiting: int, best: int):
    assert best_batch(RISING, waiting) == best


def test_without_a_profile_nothing_is_made_together():
    assert best_batch(None, 8) == 1


@pytest.mark.parametrize(("pair_seconds", "best"), [(1.9, 1), (1.82, 1), (1.8, 2), (2.5, 1)])
def test_a_gain_within_what_medians_scatter_is_none(pair_seconds: float, best: int):
    assert best_batch(make_profile(s1=1.0, s2=pair_seconds), 2) == best


def test_of_sizes_with_the_same_throughput_the_largest_is_made():
    assert best_batch(make_profile(s1=1.0, s2=1.0, s4=2.0), 4) == 4


@pytest.mark.parametrize(
    ("counts", "joined"),
    [
        ([1], 1),
        ([1, 1], 2),
        ([1, 1, 1], 2),
        ([1, 1, 1, 1, 1], 4),
        ([3, 1], 2),
        ([2, 1, 1, 1], 3),
        ([1, 2], 1),
        ([3, 3], 1),
        ([9, 1], 1),
    ],
)
def test_runs_are_joined_whole_and_to_a_measured_size(counts: list[int], joined: int):
    assert count_joined(RISING, counts) == joined


def test_runs_without_a_profile_are_made_one_by_one():
    assert count_joined(None, [1, 1, 1]) == 1


def test_no_size_above_the_largest_that_an_engine_makes_is_chosen():
    assert RISING.limit(2).best_size == 2
    assert RISING.best_size == 4


@pytest.mark.parametrize("seconds", [{"s2": 1.0}, {"s1": 0.0}, {"s1": 1.0, "s0": 1.0}])
def test_what_can_not_have_been_measured_is_refused(seconds: dict[str, float]):
    with pytest.raises(ValueError, match=r"single job|above 0"):
        make_profile(**seconds)


def test_a_profile_is_found_by_engine_and_shape():
    other = WorkShape(model="m", width_pixels=512, height_pixels=512)

    assert find_profile([RISING], "local", SHAPE) is RISING
    assert find_profile([RISING], "elsewhere", SHAPE) is None
    assert find_profile([RISING], "local", other) is None
