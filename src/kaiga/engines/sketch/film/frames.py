"""What clips are made of: frames, sound, and the measures of a whole clip."""

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
"""One picture of a clip: height by width by 3, red, green and blue."""

Sound = NDArray[np.int16]
"""Sound as samples by 2 channels, at `SAMPLES_PER_SECOND`."""

SAMPLES_PER_SECOND = 44_100

_NAMED_RATES = (Fraction(24_000, 1001), Fraction(30_000, 1001), Fraction(60_000, 1001))
"""The rates of television, which are written 23.976 (or 23.98), 29.97 and 59.94."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipForm:
    """How large, how fast and how long a clip is.

    Sides are in pixels and the rate in frames per second. The clip has `frame_count` frames, and
    with that may differ from `duration_seconds` by up to half a frame.
    """

    width_pixels: int
    height_pixels: int
    frames_per_second: float
    duration_seconds: float

    @property
    def frame_count(self) -> int:
        """The number of frames; a clip has one at least."""
        return max(1, round(self.duration_seconds * self.frames_per_second))

    @property
    def rate(self) -> Fraction:
        """The exact rate."""
        return make_rate(self.frames_per_second)

    @property
    def true_seconds(self) -> float:
        """The length of its frames."""
        return float(self.frame_count / self.rate)

    @property
    def sample_count(self) -> int:
        """The number of sound samples that is as long as its frames."""
        return math.ceil(self.frame_count * SAMPLES_PER_SECOND / self.rate)


def make_rate(frames_per_second: float) -> Fraction:
    """Give the exact rate that a rounded one stands for, such as 30000/1001 for 29.97."""
    for rate in _NAMED_RATES:
        if abs(frames_per_second - rate) < 0.006:
            return rate
    return Fraction(frames_per_second).limit_denominator(1001)
