"""Pulls a picture about like rubber: any frame-sized map of places, in a few milliseconds.

The picture is kept a few times as fine as it is shown, so that the nearest of its pixels will do.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kaiga.engines.sketch.film.frames import Frame

Plane = NDArray[np.floating[Any]]
"""A number for each place of a frame (height by width), or for each of its rows or columns."""

_FINE_PIXELS = 9_000_000
"""About how many pixels the fine picture may have, at four bytes each."""


class Rubber:
    """One picture to be stretched; what lies beyond its edges is its mirror image."""

    def __init__(self, picture: Frame) -> None:
        self.picture = picture
        self.height, self.width = picture.shape[:2]
        share = (_FINE_PIXELS / (self.width * self.height)) ** 0.5
        self._fineness = int(min(3, max(1, share)))
        size = (self.width * self._fineness, self.height * self._fineness)
        fine = Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC)
        # Four bytes a pixel, so that one look-up brings all of it.
        padded = np.empty((size[1], size[0], 4), np.uint8)
        padded[..., :3] = np.asarray(fine)
        padded[..., 3] = 0
        self._pixels = padded.view(np.uint32).reshape(-1)
        self._size = size

    def stretched(self, x: Plane, y: Plane) -> Image.Image:
        """Give the RGB frame whose pixel at each place is that of the picture at (x, y).

        Places are in pixels, whole numbers being pixels' middles.
        """
        columns = self._indices(x, self._size[0])
        rows = self._indices(y, self._size[1])
        found = self._pixels.take(rows * np.int32(self._size[0]) + columns)
        size = (self.width, self.height)
        return Image.frombuffer("RGBX", size, found, "raw", "RGBX", 0, 1).convert("RGB")

    def _indices(self, places: Plane, length: int) -> NDArray[np.int32]:
        fine = np.float32(self._fineness)
        found = (places * fine + (fine - 1) / 2 + np.float32(0.5)).astype(np.int32)
        np.abs(found, out=found)
        np.minimum(found, 2 * (length - 1) - found, out=found)
        return np.clip(found, 0, length - 1, out=found)


def make_grid(width: int, height: int) -> tuple[Plane, Plane]:
    """Give the places of a frame: x as one row, y as one column."""
    x = np.arange(width, dtype=np.float32)[None, :]
    y = np.arange(height, dtype=np.float32)[:, None]
    return x, y
