"""Turns one picture into another: both are pulled together while one fades into the other.

What goes where is found by looking for the same brightness nearby (the method of Horn and Schunck,
1981, from coarse to fine), which for pictures that have little in common gives a soft flowing.
"""

import math
from collections.abc import Iterator

import numpy as np
from PIL import Image

from kaiga.engines.sketch.film.frames import Frame
from kaiga.engines.sketch.film.stretching import Plane, Rubber, make_grid

_LEVELS = (24, 48, 96, 160)
"""Widths at which the flow is looked for, coarse ones first."""
_ROUNDS = 60
_STIFFNESS = 36.0
"""How much neighbouring places hold together; lower lets single places follow chance likenesses."""
_MOST = 0.12
"""The longest way that a place goes, per the picture's width."""


class Morph:
    """The way from one picture to another of the same size."""

    def __init__(self, first: Frame, last: Frame) -> None:
        self._first, self._last = Rubber(first), Rubber(last)
        self._x, self._y = make_grid(self._first.width, self._first.height)
        self._right, self._down = find_flow(first, last)

    def frame_at(self, progress: float) -> Frame:
        """Give the picture on the way: at 0 the first and at 1 the last, as they were given."""
        if progress <= 0:
            return self._first.picture
        if progress >= 1:
            return self._last.picture
        gone, left = np.float32(progress), np.float32(1 - progress)
        first = self._first.stretched(self._x - gone * self._right, self._y - gone * self._down)
        last = self._last.stretched(self._x + left * self._right, self._y + left * self._down)
        return np.asarray(Image.blend(first, last, _faded(progress)))


def film_morph(first: Frame, last: Frame, *, frame_count: int) -> Iterator[Frame]:
    """Give so many frames that begin with the first picture and end with the last."""
    morph = Morph(first, last)
    for number in range(frame_count):
        share = number / max(1, frame_count - 1)
        yield morph.frame_at(0.5 - 0.5 * math.cos(math.pi * share) if frame_count > 1 else 1.0)


def find_flow(first: Frame, last: Frame) -> tuple[Plane, Plane]:
    """Give how far each place moves from one picture to the other, right and down, in pixels."""
    height, width = first.shape[:2]
    right = down = np.zeros((1, 1), np.float32)
    for across in _LEVELS:
        size = (across, max(8, round(across * height / width)))
        before, after = _grey(first, size), _grey(last, size)
        right = _resized(right, size) * np.float32(size[0] / right.shape[1])
        down = _resized(down, size) * np.float32(size[1] / down.shape[0])
        right, down = _refined(before, after, right, down)
        most = _MOST * across
        right, down = np.clip(right, -most, most), np.clip(down, -most, most)
    scale = np.float32(width / _LEVELS[-1])
    return _resized(right, (width, height)) * scale, _resized(down, (width, height)) * scale


def _refined(before: Plane, after: Plane, right: Plane, down: Plane) -> tuple[Plane, Plane]:
    """Improve a flow at one size: follow it, see what is still amiss, and smooth the rest."""
    moved = _followed(after, right, down)
    down_slope, right_slope = np.gradient((before + moved) / 2)
    missing = moved - before
    weight = np.float32(_STIFFNESS**2) + right_slope**2 + down_slope**2
    more_right = np.zeros_like(before)
    more_down = np.zeros_like(before)
    for _ in range(_ROUNDS):
        mean_right, mean_down = _mean_around(right + more_right), _mean_around(down + more_down)
        mean_right, mean_down = mean_right - right, mean_down - down
        amiss = (right_slope * mean_right + down_slope * mean_down + missing) / weight
        more_right, more_down = mean_right - right_slope * amiss, mean_down - down_slope * amiss
    return right + more_right, down + more_down


def _followed(picture: Plane, right: Plane, down: Plane) -> Plane:
    height, width = picture.shape
    grid_x, grid_y = make_grid(width, height)
    x: Plane = np.clip(grid_x + right, 0, width - 1.001)
    y: Plane = np.clip(grid_y + down, 0, height - 1.001)
    left, top = x.astype(int), y.astype(int)
    across, below = x - left, y - top
    upper = picture[top, left] * (1 - across) + picture[top, left + 1] * across
    lower = picture[top + 1, left] * (1 - across) + picture[top + 1, left + 1] * across
    return (upper * (1 - below) + lower * below).astype(np.float32)


def _mean_around(plane: Plane) -> Plane:
    padded = np.pad(plane, 1, mode="edge")
    straight = padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]
    slant = padded[:-2, :-2] + padded[:-2, 2:] + padded[2:, :-2] + padded[2:, 2:]
    return straight / 6 + slant / 12


def _grey(picture: Frame, size: tuple[int, int]) -> Plane:
    image = Image.fromarray(picture).convert("L").resize(size, Image.Resampling.BOX)
    return np.asarray(image, np.float32)


def _resized(plane: Plane, size: tuple[int, int]) -> Plane:
    image = Image.fromarray(plane.astype(np.float32))
    return np.asarray(image.resize(size, Image.Resampling.BICUBIC), np.float32)


def _faded(progress: float) -> float:
    """Give how much of the last picture is seen: nothing at first, all of it at the end."""
    share = min(1.0, max(0.0, (progress - 0.12) / 0.76))
    return share * share * (3 - 2 * share)
