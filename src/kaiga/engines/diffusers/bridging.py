"""Bridges what the contract asks for to what a model can compute: sides, frames, rates.

Nothing here knows a model; all is arithmetic.
"""

import math
from collections.abc import Sequence


def choose_sides(
    width: int, height: int, multiple: int, largest_pixels: int = 0
) -> tuple[int, int]:
    """Give the sides to compute for a picture of `width` by `height` pixels.

    They are multiples of `multiple`, and cover the wanted ratio: what stands over is cut off. With
    `largest_pixels` above 0 the computed picture has about so many at most, and is scaled up.
    """
    across, down = (math.ceil(side / multiple) for side in (width, height))
    if largest_pixels and across * down * multiple**2 > largest_pixels:
        share = min(1.0, math.sqrt(largest_pixels / (width * height)))
        across, down = (max(1, int(side * share / multiple)) for side in (width, height))
    return across * multiple, down * multiple


def count_frames(seconds: float, frames_per_second: float, step: int, most: int = 0) -> int:
    """Give how many frames to compute for a clip: one more than a multiple of `step`.

    As many as last for `seconds`, or a few more; with `most` above 0 no more than that.
    """
    wanted = max(1, round(seconds * frames_per_second))
    steps = math.ceil((wanted - 1) / step)
    if most:
        steps = min(steps, max(0, (most - 1) // step))
    return steps * step + 1


def choose_frames(made: int, made_rate: float, wanted: int, wanted_rate: float) -> Sequence[int]:
    """Give for each of `wanted` frames which of the `made` ones is shown.

    Frames are repeated or left out where the rates differ. Where too few were made, they are
    spread over the whole clip, which slows it down.
    """
    pace = min(made_rate / wanted_rate, made / wanted)
    return [min(made - 1, int(number * pace + 1e-9)) for number in range(wanted)]


def choose_own_frames(given: int, count: int) -> Sequence[int]:
    """Give which of `given` frames stand for `count` of them at even distances, both ends kept."""
    if count == 1 or given == 1:
        return [0] * count
    return [round(number * (given - 1) / (count - 1)) for number in range(count)]
