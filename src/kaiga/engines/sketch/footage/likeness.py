"""Compares every square of a picture with a face: detail where eyes and mouth are, else smooth.

It needs no training and no package, and sees drawn faces as well as photographed ones.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kaiga.engines.sketch.edits.pictures import Pixels
from kaiga.engines.sketch.footage.regions import Region
from kaiga.engines.sketch.judging.skin import skin

_SIDE = 190
"""Shorter side in pixels at which squares are compared."""
_LEAST_LIKENESS = 0.04
_SIZES = 16
_LARGEST = 0.8
"""Side of the largest square, per the picture's shorter side."""
_DETAILED = ((0.18, 0.32, 0.44, 0.52), (0.56, 0.32, 0.82, 0.52), (0.32, 0.72, 0.68, 0.88))
"""Left, top, right and bottom of the eyes and the mouth, in shares of the square."""
_SMOOTH = (
    (0.2, 0.56, 0.38, 0.7), (0.62, 0.56, 0.8, 0.7), (0.4, 0.06, 0.6, 0.2), (0.44, 0.36, 0.56, 0.5),
    (0.36, 0.91, 0.64, 0.99),
)  # fmt: skip
"""Likewise of cheeks, forehead, the nose's root and the chin."""


def find_likeliest(pixels: Pixels, least_share: float) -> Region | None:
    """Find the square that looks most like a face; None where none does.

    It begins at the brows and ends below the mouth. Its side is at least this share of the
    picture's shorter one.
    """
    height, width = pixels.shape[:2]
    share = min(1.0, _SIDE / min(height, width))
    size = max(24, round(width * share)), max(24, round(height * share))
    signs = _read_signs(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
    short = min(size)
    best, found = _LEAST_LIKENESS, None
    sides = np.geomspace(least_share, max(_LARGEST, least_share), _SIZES) * short
    for side in np.unique(np.rint(sides).astype(int)).tolist():
        # Between equals the larger one is meant.
        likeness = _likeness(signs, side) * (side / short) ** 0.15
        place = int(likeness.argmax())
        if likeness.flat[place] > best:
            best = float(likeness.flat[place])
            top, left = divmod(place, likeness.shape[1])
            found = Region(left=left, top=top, right=left + side, bottom=top + side)
    return None if found is None else found.scaled(width / size[0], height / size[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signs:
    """What tells a face, as sums from the upper left corner: detail, skin, lightness, chroma."""

    detail: NDArray[np.float64]
    skin: NDArray[np.float64]
    planes: tuple[NDArray[np.float64], ...]


def _read_signs(small: Image.Image) -> _Signs:
    planes = np.asarray(small.convert("YCbCr")).astype(np.float64)
    return _Signs(
        detail=_integral(_detail(small)),
        skin=_integral(skin(np.asarray(small)).astype(np.float64)),
        planes=tuple(_integral(planes[..., index]) for index in range(3)),
    )


def _detail(small: Image.Image) -> NDArray[np.float64]:
    """Give how much the lightness changes around each place, 0 to 1."""
    grey = np.asarray(small.convert("L")).astype(np.float64)
    down, across = np.gradient(grey)
    return np.clip(np.hypot(down, across) / 48, 0, 1)


def _integral(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.pad(values.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))


def _likeness(signs: _Signs, side: int) -> NDArray[np.float64]:
    """Tell for every place of a square of this side how much it looks like a face."""
    left_eye, right_eye, mouth = (_means(signs.detail, side, part) for part in _DETAILED)
    rich = np.minimum(np.minimum(left_eye, right_eye), mouth)
    uneven = np.abs(left_eye - right_eye)
    busy = np.max([_means(signs.detail, side, part) for part in _SMOOTH], axis=0)
    covered = np.mean([_means(signs.skin, side, part) for part in _SMOOTH], axis=0)
    shades = [
        np.ptp([_means(plane, side, part) for part in _SMOOTH], axis=0) for plane in signs.planes
    ]
    one_colour = np.exp(-np.square(np.max(shades, axis=0) / 36))
    return (rich - 0.7 * busy - 0.5 * uneven) * (0.3 + 0.7 * covered) * one_colour


def _means(sums: NDArray[np.float64], side: int, part: tuple[float, ...]) -> NDArray[np.float64]:
    """Give the mean over a part of a square, for every place of the square."""
    left, top = (min(round(share * side), side - 1) for share in part[:2])
    right, bottom = max(round(part[2] * side), left + 1), max(round(part[3] * side), top + 1)
    rows, columns = sums.shape[0] - side, sums.shape[1] - side
    lower, upper = sums[bottom : bottom + rows], sums[top : top + rows]
    total = lower[:, right : right + columns] - lower[:, left : left + columns]
    total = total - upper[:, right : right + columns] + upper[:, left : left + columns]
    return total / ((right - left) * (bottom - top))
