"""Rectangles in pictures, with edges between the pixels too."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
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

    def scaled(self, x: float, y: float | None = None) -> "Region":
        """Give the same region in a picture whose sides are so many times as long."""
        y = x if y is None else y
        return Region(
            left=self.left * x, top=self.top * y, right=self.right * x, bottom=self.bottom * y
        )

    def moved(self, x: float, y: float) -> "Region":
        """Give the region moved by so many pixels."""
        return Region(
            left=self.left + x, top=self.top + y, right=self.right + x, bottom=self.bottom + y
        )

    def grown(self, share: float) -> "Region":
        """Give the region with this share of its sides added on every side."""
        x, y = self.width * share, self.height * share
        return Region(
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


def make_region(edges: tuple[int, int, int, int]) -> Region:
    """Give the region of whole pixels: left, top, right, bottom."""
    left, top, right, bottom = edges
    return Region(left=left, top=top, right=right, bottom=bottom)
