"""What the contract asks for, as what models can compute: sides, frames, rates."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kaiga.engines.diffusers.bridging import (
    choose_frames,
    choose_own_frames,
    choose_sides,
    count_frames,
)

SIDES = st.integers(16, 4096)
MULTIPLES = st.sampled_from([8, 16, 32])


@pytest.mark.parametrize(
    ("asked", "multiple", "largest", "computed"),
    [
        ((1280, 1280), 16, 0, (1280, 1280)),
        ((1000, 500), 16, 0, (1008, 512)),
        ((1920, 1080), 32, 0, (1920, 1088)),
        ((1920, 1080), 16, 832 * 480, (832, 464)),
        ((64, 64), 32, 1, (32, 32)),
        ((161, 1249), 8, 161 * 1249, (160, 1248)),
    ],
)
def test_sides_are_multiples_that_cover_what_is_asked(
    asked: tuple[int, int], multiple: int, largest: int, computed: tuple[int, int]
):
    assert choose_sides(*asked, multiple, largest) == computed


@given(width=SIDES, height=SIDES, multiple=MULTIPLES)
def test_computed_sides_stand_over_by_less_than_a_multiple(width: int, height: int, multiple: int):
    computed = choose_sides(width, height, multiple)

    for side, asked in zip(computed, (width, height), strict=True):
        assert side % multiple == 0
        assert 0 <= side - asked < multiple


@given(width=SIDES, height=SIDES, multiple=MULTIPLES, largest=st.integers(65_536, 4_000_000))
def test_no_more_pixels_are_computed_than_allowed(
    width: int, height: int, multiple: int, largest: int
):
    across, down = choose_sides(width, height, multiple, largest)

    assert across * down <= max(largest, multiple * max(width, height) + multiple**2 * 2)


@pytest.mark.parametrize(
    ("seconds", "rate", "step", "most", "count"),
    [
        (5.0, 16.0, 4, 0, 81),
        (5.0, 24.0, 4, 0, 121),
        (5.0, 24.0, 8, 0, 121),
        (10.0, 16.0, 4, 81, 81),
        (10.0, 16.0, 4, 80, 77),
        (0.01, 16.0, 4, 0, 1),
    ],
)
def test_frames_are_one_more_than_a_multiple(
    seconds: float, rate: float, step: int, most: int, count: int
):
    assert count_frames(seconds, rate, step, most) == count


@given(
    seconds=st.floats(0.1, 15),
    rate=st.sampled_from([16.0, 24.0, 30.0]),
    step=st.sampled_from([4, 8]),
)
def test_frames_last_as_long_as_the_clip_and_hardly_longer(seconds: float, rate: float, step: int):
    count = count_frames(seconds, rate, step)

    assert (count - 1) % step == 0
    assert round(seconds * rate) <= count <= round(seconds * rate) + step


def test_a_clip_of_16_frames_a_second_is_shown_at_30():
    shown = choose_frames(81, 16.0, 150, 30.0)

    assert list(shown[:5]) == [0, 0, 1, 1, 2]
    assert shown[-1] == 79


def test_a_clip_with_too_few_frames_is_slowed_down_over_its_whole_length():
    shown = choose_frames(81, 16.0, 300, 30.0)

    assert shown[0] == 0
    assert shown[-1] == 80
    assert max(second - first for first, second in pairwise(shown)) == 1


@given(
    made=st.integers(1, 200),
    wanted=st.integers(1, 500),
    rates=st.tuples(st.sampled_from([16.0, 24.0]), st.sampled_from([24.0, 30.0])),
)
def test_shown_frames_exist_and_never_go_back(made: int, wanted: int, rates: tuple[float, float]):
    shown = list(choose_frames(made, rates[0], wanted, rates[1]))

    assert len(shown) == wanted
    assert shown == sorted(shown)
    assert 0 <= shown[0] <= shown[-1] < made


@given(given_frames=st.integers(1, 200), count=st.integers(1, 100))
def test_frames_of_an_input_are_spread_from_its_first_to_its_last(given_frames: int, count: int):
    chosen = list(choose_own_frames(given_frames, count))

    assert len(chosen) == count
    assert chosen[0] == 0
    if count > 1:
        assert chosen[-1] == given_frames - 1 or given_frames == 1
