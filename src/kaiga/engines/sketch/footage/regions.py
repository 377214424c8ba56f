"""Sums over chosen places of small pictures: their parts, holes, boxes and soft edges."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from kaiga.engines.sketch.edits.pictures import Mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle in pixels; right and bottom lie outside it."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Its width."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Its height."""
        return self.bottom - self.top

    @property
    def middle(self) -> tuple[float, float]:
        """Its centre."""
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def scaled(self, x: float, y: float | None = None) -> "Box":
        """Give the same box in a picture whose sides are so many times as long."""
        y = x if y is None else y
        return Box(
            left=self.left * x, top=self.top * y, right=self.right * x, bottom=self.bottom * y
        )

    def moved(self, x: float, y: float) -> "Box":
        """Give the box moved by so many pixels."""
        return Box(
            left=self.left + x, top=self.top + y, right=self.right + x, bottom=self.bottom + y
        )

    def grown(self, share: float) -> "Box":
        """Give the box with this share of its sides added on every side."""
        x, y = self.width * share, self.height * share
        return Box(
            left=self.left - x, top=self.top - y, right=self.right + x, bottom=self.bottom + y
        )

    def inside(self, width: int, height: int) -> tuple[int, int, int, int]:
        """Give the part of it that lies in a picture, as whole pixels: left, top, right, bottom.

        It is one pixel large at least.
        """
        left = min(max(int(np.floor(self.left)), 0), width - 1)
        top = min(max(int(np.floor(self.top)), 0), height - 1)
        right = max(min(int(np.ceil(self.right)), width), left + 1)
        bottom = max(min(int(np.ceil(self.bottom)), height), top + 1)
        return left, top, right, bottom


def find_box(mask: Mask) -> Box | None:
    """Give the smallest box around all chosen places, if there are any."""
    rows = np.flatnonzero(mask.any(axis=1))
    columns = np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return None
    return Box(
        left=float(columns[0]),
        top=float(rows[0]),
        right=float(columns[-1] + 1),
        bottom=float(rows[-1] + 1),
    )


def largest_part(mask: Mask, weight: NDArray[np.float64] | None = None) -> Mask:
    """Give the connected part of `mask` that has most places, or most `weight`."""
    labels = _label(mask)
    counts = np.bincount(labels.ravel(), None if weight is None else weight.ravel())
    counts[0] = 0
    if not counts.any():
        return np.zeros_like(mask)
    return labels == int(counts.argmax())


def without_holes(mask: Mask) -> Mask:
    """Choose also the places that are shut in by chosen ones."""
    around = np.pad(~mask, 1, constant_values=True)
    labels = _label(around)
    return (labels != labels[0, 0])[1:-1, 1:-1]


def dilated(mask: Mask, pixels: int) -> Mask:
    """Choose also what lies within so many pixels of chosen places."""
    if pixels <= 0:
        return mask
    image = Image.fromarray(mask.astype(np.uint8) * 255)
    return np.asarray(image.filter(ImageFilter.MaxFilter(2 * pixels + 1))) > 127


def averaged(values: NDArray[np.float64], pixels: int) -> NDArray[np.float64]:
    """Give the mean around each place, over this many pixels to every side; edges repeat."""
    side = 2 * pixels + 1
    for axis in (0, 1):
        wide = [(0, 0), (0, 0)]
        wide[axis] = (pixels + 1, pixels)
        sums = np.cumsum(np.pad(values, wide, mode="edge"), axis=axis)
        count = values.shape[axis]
        upper = sums.take(range(side, side + count), axis)
        values = (upper - sums.take(range(count), axis)) / side
    return values


def soft_edges(mask: Mask, width: int, height: int, blur: float) -> Image.Image:
    """Give a mask at a size as grey, with an edge about `blur` pixels wide."""
    image = Image.fromarray(mask.astype(np.uint8) * 255)
    if image.size != (width, height):
        image = image.resize((width, height), Image.Resampling.BICUBIC)
    return image.filter(ImageFilter.GaussianBlur(blur)) if blur > 0 else image


def _label(mask: Mask) -> NDArray[np.int64]:
    """Number connected places (4 neighbours) from 1; the same number means the same part.

    Every place takes the largest number beside it, along whole rows and columns at a time, until
    nothing changes; small pictures need a handful of rounds.
    """
    labels = np.where(mask, np.arange(1, mask.size + 1).reshape(mask.shape), 0)
    while True:
        before = labels
        for axis in (0, 1):
            labels = _spread(labels, mask, axis)
            labels = np.flip(_spread(np.flip(labels, axis), np.flip(mask, axis), axis), axis)
        if np.array_equal(before, labels):
            return labels


def _spread(labels: NDArray[np.int64], mask: Mask, axis: int) -> NDArray[np.int64]:
    """Carry the largest number so far along each run of chosen places."""
    steps = np.moveaxis(labels, axis, 0)
    chosen = np.moveaxis(mask, axis, 0)
    carried = steps.copy()
    for place in range(1, len(carried)):
        np.maximum(carried[place], np.where(chosen[place], carried[place - 1], 0), carried[place])
    return np.moveaxis(np.where(chosen, carried, 0), 0, axis)
