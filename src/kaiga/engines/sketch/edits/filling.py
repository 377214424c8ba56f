"""Fills holes of a picture with what surrounds them, so that nothing shows where they were.

Which known patch continues the picture best is searched at a small size (`patches.py`); the
pixels themselves are then copied at full size, and their colours led over to the rim's.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.edits.fields import extent, grown, scaled
from kaiga.engines.sketch.edits.patches import Origins, find_origins, spread_inwards
from kaiga.engines.sketch.edits.pictures import Field, Floats, Mask, Pixels, to_floats, to_pixels

MARGIN = 0.9
"""How much of the surroundings is looked at, per the longer side of the hole."""
LEAST_MARGIN = 48
SEARCH_SIDE = 208
"""The longer side, in pixels, of the small picture in which patches are searched."""
_RIM = 3
_GRID_SIDE = 384
_CALM = 0.1
"""A rim that differs more from its copy is another thing, and its colour is not led inwards."""


def filled(
    pixels: Pixels,
    hole: Mask,
    *parts: str | int,
    unfit: Mask | None = None,
    search_side: int = SEARCH_SIDE,
) -> Pixels:
    """Give a copy whose `hole` continues its surroundings; nothing outside the hole changes.

    `parts` seed the search. Places of `unfit` are never copied from, though they stay. A hole
    that leaves nothing to continue is filled with grey.
    """
    if not hole.any():
        return pixels.copy()
    left, top, right, bottom = _surroundings(hole)
    inner = np.s_[top:bottom, left:right]
    result = pixels.copy()
    part_hole = hole[inner]
    known = ~part_hole if unfit is None else ~(part_hole | unfit[inner])
    if not known.any():
        known = ~part_hole
    result[inner] = _filled(pixels[inner], part_hole, known, search_side, *parts)
    return result


def smoothly_filled(pixels: Pixels, hole: Mask) -> Pixels:
    """Give a copy whose `hole` leads softly from rim to rim, without any texture."""
    result = pixels.copy()
    smooth = spread_inwards(to_floats(pixels), ~hole)
    result[hole] = to_pixels(smooth[hole])
    return result


def _surroundings(hole: Mask) -> tuple[int, int, int, int]:
    left, top, right, bottom = extent(hole)
    margin = max(LEAST_MARGIN, round(max(right - left, bottom - top) * MARGIN))
    height, width = hole.shape
    return (
        max(0, left - margin),
        max(0, top - margin),
        min(width, right + margin),
        min(height, bottom + margin),
    )


def _filled(pixels: Pixels, hole: Mask, known: Mask, search_side: int, *parts: str | int) -> Pixels:
    origins = find_origins(pixels, hole, known, search_side, *parts)
    if origins is None:
        return smoothly_filled(pixels, hole)
    rim = grown(hole, _RIM) & ~hole & known
    rows, columns = np.nonzero(hole | rim)
    places = _Places(rows=rows, columns=columns, inside=hole[rows, columns])
    copied = _copied(pixels, places, origins)
    result = pixels.copy()
    led = _led_inwards(pixels, places, copied)
    result[hole] = to_pixels(copied[places.inside] + led)
    return result


@dataclass(frozen=True, slots=True, kw_only=True)
class _Places:
    """Places of the hole and its rim, row by row; `inside` tells the two apart."""

    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    inside: Mask


def _copied(pixels: Pixels, places: _Places, origins: Origins) -> Floats:
    """Copy for every place what its four nearest patches say, the nearest counting most."""
    height, width = pixels.shape[:2]
    down, across = origins.down.shape
    row = np.clip((places.rows + 0.5) * down / height - 0.5, 0, down - 1)
    column = np.clip((places.columns + 0.5) * across / width - 0.5, 0, across - 1)
    total = np.zeros((len(row), 3), dtype=np.float32)
    weights = np.zeros(len(row), dtype=np.float32)
    for corner_row, row_share in _corners(row, down):
        for corner_column, column_share in _corners(column, across):
            there = origins.has[corner_row, corner_column]
            weight = (row_share * column_share + 1e-4) * there
            from_row = places.rows + origins.down[corner_row, corner_column] * (height / down)
            from_column = places.columns + origins.right[corner_row, corner_column] * (
                width / across
            )
            taken = pixels[
                np.clip(np.rint(from_row).astype(np.intp), 0, height - 1),
                np.clip(np.rint(from_column).astype(np.intp), 0, width - 1),
            ]
            total += taken * (weight[:, None] / 255).astype(np.float32)
            weights += weight.astype(np.float32)
    return total / np.maximum(weights, 1e-6)[:, None]


def _corners(place: Field, count: int) -> tuple[tuple[NDArray[np.intp], Field], ...]:
    low = np.floor(place).astype(np.intp)
    share = place - low
    return (low, 1 - share), (np.minimum(low + 1, count - 1), share)


def _led_inwards(pixels: Pixels, places: _Places, copied: Floats) -> Floats:
    """Tell by how much copies in the hole should change so that its rim would fit.

    That is smooth, so a small grid is enough.
    """
    height, width = pixels.shape[:2]
    share = min(1.0, _GRID_SIDE / max(height, width))
    down, across = max(1, round(height * share)), max(1, round(width * share))
    rim = ~places.inside
    step = to_floats(pixels[places.rows[rim], places.columns[rim]]) - copied[rim]
    calm = np.abs(step).max(axis=1) < _CALM
    cell = (places.rows[rim][calm] * down // height) * across
    cell += places.columns[rim][calm] * across // width
    counts = np.bincount(cell, minlength=down * across).reshape(down, across)
    inside = places.rows[places.inside], places.columns[places.inside]
    led = np.zeros((len(inside[0]), 3), dtype=np.float32)
    if not counts.any():
        return led
    for channel in range(3):
        sums = np.bincount(cell, weights=step[calm, channel], minlength=down * across)
        means = sums.reshape(down, across) / np.maximum(counts, 1)
        spread = spread_inwards(means[..., None], counts > 0)[..., 0]
        led[:, channel] = scaled(spread.astype(np.float32), width, height)[inside]
    return led
