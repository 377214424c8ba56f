"""Bends pictures by a mesh: each node of a grid says where in the picture its colour comes from."""

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Shifts = NDArray[np.float64]
"""Offsets in pixels at the nodes of a grid: rows + 1 by columns + 1."""

_CELL_PIXELS = 28
_MOST_CELLS = 44


class Mesh:
    """A grid over a picture of one size.

    `x` and `y` are the places of its nodes in pixels, each rows + 1 by columns + 1. Cells have
    about `cell_pixels` a side, and more in large pictures, so that bending stays quick.
    """

    def __init__(self, width: int, height: int, cell_pixels: float = _CELL_PIXELS) -> None:
        columns = min(_MOST_CELLS, max(2, round(width / cell_pixels)))
        rows = min(_MOST_CELLS, max(2, round(height / cell_pixels)))
        across = np.rint(np.linspace(0, width, columns + 1))
        down = np.rint(np.linspace(0, height, rows + 1))
        self.width, self.height = width, height
        self.x, self.y = np.meshgrid(across, down)
        corners = np.stack([self.x[:-1, :-1], self.y[:-1, :-1], self.x[1:, 1:], self.y[1:, 1:]])
        boxes = corners.reshape(4, -1).T.astype(int).tolist()
        self._boxes = [tuple(box) for box in cast("list[list[int]]", boxes)]

    def bend(self, image: Image.Image, across: Shifts, down: Shifts) -> Image.Image:
        """Give the picture with every node's colour taken from (x + across, y + down).

        Places outside the picture count as its edge.
        """
        x = np.clip(self.x + across, 0, self.width)
        y = np.clip(self.y + down, 0, self.height)
        quads = np.stack([
            x[:-1, :-1], y[:-1, :-1], x[1:, :-1], y[1:, :-1],
            x[1:, 1:], y[1:, 1:], x[:-1, 1:], y[:-1, 1:],
        ]).reshape(8, -1).T.tolist()  # fmt: skip
        cells = list(zip(self._boxes, cast("list[Sequence[float]]", quads), strict=True))
        return image.transform(image.size, Image.Transform.MESH, cells, Image.Resampling.BILINEAR)


def bump(distance: Shifts) -> Shifts:
    """Give 1 at distance 0, falling smoothly to 0 at distance 1 and beyond."""
    near = np.clip(1 - distance**2, 0, 1)
    return near * near
