"""Traced outlines: filled again they give the ink back, and bending moves it."""

import io

import numpy as np
import pytest
from PIL import Image

from kaiga.engines.sketch.lettering.fonts import Typecase
from kaiga.engines.sketch.lettering.outlines import Outline, bent, path_data, thinned, trace
from kaiga.engines.sketch.lettering.typesetting import Coverage, Setting, set_line
from kaiga.engines.sketch.painter import rasterise

LATIN = Setting(typecase=Typecase(package="", folders=()))
EAST = Setting(typecase=Typecase(folders=()))


def filled(outlines: list[Outline], height: int, width: int) -> Coverage:
    document = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<path fill-rule="evenodd" d="{path_data(outlines)}"/></svg>'
    )
    return np.array(Image.open(io.BytesIO(rasterise(document))).convert("RGBA"))[..., 3]


@pytest.mark.parametrize(("text", "setting"), [("Bag8", LATIN), ("i", LATIN), ("福回", EAST)])
def test_filled_outlines_look_like_the_letters(text: str, setting: Setting) -> None:
    ink = set_line(text, 160, setting)

    again = filled(trace(ink), *ink.shape)

    assert np.abs(again.astype(int) - ink).mean() < 1.5


def test_a_letter_with_holes_has_a_line_for_each() -> None:
    assert len(trace(set_line("B", 160, LATIN))) == 3
    assert len(trace(set_line("i", 160, LATIN))) == 2


def test_ink_at_the_very_edge_is_traced_too() -> None:
    ink = np.full((10, 20), 255, dtype=np.uint8)

    outlines = trace(ink)

    assert len(outlines) == 1
    assert outlines[0].min(axis=0) == pytest.approx([0, 0], abs=0.6)
    assert outlines[0].max(axis=0) == pytest.approx([20, 10], abs=0.6)


def test_no_ink_has_no_outline() -> None:
    assert trace(np.zeros((10, 10), dtype=np.uint8)) == []


@pytest.mark.parametrize("seed", range(5))
def test_any_ink_is_enclosed_by_closed_lines(seed: int) -> None:
    ink = np.random.default_rng(seed).integers(0, 2, (24, 31), dtype=np.uint8) * 255

    again = filled(trace(ink, tolerance=0), *ink.shape)

    # The lines cut the corners of pixels, so the shades differ; light and dark do not.
    assert ((again > 127) == (ink > 127)).mean() > 0.98


def test_bending_moves_the_ink() -> None:
    ink = set_line("H", 160, LATIN)

    moved = bent(trace(ink), lambda line: line + np.array([5, 0]), step=4)

    again = filled(moved, ink.shape[0], ink.shape[1] + 10)
    assert np.abs(again[:, 5:-5].astype(int) - ink).mean() < 1.5


def test_thinning_keeps_corners_and_drops_what_lies_between() -> None:
    top = [(x, 0) for x in range(10)]
    right = [(10, y) for y in range(10)]
    bottom = [(x, 10) for x in range(10, 0, -1)]
    left = [(0, y) for y in range(10, 0, -1)]
    square = np.array(top + right + bottom + left, dtype=np.float64)

    assert sorted(map(tuple, thinned(square, 0.1).tolist())) == [(0, 0), (0, 10), (10, 0), (10, 10)]
