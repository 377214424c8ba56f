"""What pictures are measured with: how unlike colours are, and which places hang together."""

import numpy as np
import pytest

from kaiga.engines.sketch.edits.fields import pieces
from kaiga.engines.sketch.edits.hues import squared_distance


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_squared_distance_has_the_very_bits_of_a_sum_over_the_channels(
    kind: type[np.floating], channels: int
) -> None:
    noise = np.random.default_rng(channels)
    colours = noise.random((40, 30, channels)).astype(kind)
    for other in (colours[3, 4], colours[::-1]):
        assert np.array_equal(
            squared_distance(colours, other), np.square(colours - other).sum(axis=-1)
        )


def test_pieces_are_numbered_by_their_size_and_hang_together_at_corners() -> None:
    drawn = ["#..##", ".#...", "..#.#", "....#", "##..#"]
    mask = np.array([[place == "#" for place in row] for row in drawn])

    assert pieces(mask).tolist() == [
        [1, 0, 0, 3, 3],
        [0, 1, 0, 0, 0],
        [0, 0, 1, 0, 2],
        [0, 0, 0, 0, 2],
        [4, 4, 0, 0, 2],
    ]


@pytest.mark.parametrize("filled", [False, True])
def test_nothing_is_no_piece_and_everything_is_one(filled: bool) -> None:
    assert pieces(np.full((3, 2), filled)).tolist() == [[int(filled)] * 2] * 3


@pytest.mark.parametrize("turns", range(4))
def test_a_winding_piece_is_one_piece_from_every_side(turns: int) -> None:
    mask = np.ones((41, 41), dtype=bool)
    mask[1::4, :-1] = mask[3::4, 1:] = False

    assert np.array_equal(pieces(np.rot90(mask, turns)), np.rot90(mask, turns))
