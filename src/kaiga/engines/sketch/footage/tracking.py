"""Follows a marked place, or the whole picture, through a clip by looking for it nearby.

It works on small grey frames, all of which are held: some megabytes for a minute.
"""

from contextlib import closing

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.edits.fields import LUMA, extent
from kaiga.engines.sketch.edits.pictures import Mask
from kaiga.engines.sketch.film.frames import ClipForm
from kaiga.engines.sketch.film.reading import read_frames
from kaiga.ports.engine import JobMedia

_SIDE = 160
_REACH = 5
"""How far (small pixels) a place goes from one frame to the next at most."""

Greys = NDArray[np.float32]
"""Grey frames: number by height by width, 0 to 255."""
Shifts = NDArray[np.float64]
"""For each frame how far something has gone right and down, in shares of the frame's sides."""


def read_greys(clip: JobMedia, form: ClipForm) -> Greys:
    """Give a clip's frames small and grey, at the form's rate and for its length."""
    share = min(1.0, _SIDE / max(form.width_pixels, form.height_pixels))
    frames = read_frames(
        clip,
        width_pixels=max(8, round(form.width_pixels * share)),
        height_pixels=max(8, round(form.height_pixels * share)),
        frames_per_second=form.frames_per_second,
        duration_seconds=form.true_seconds,
    )
    with closing(frames):
        return np.stack([frame.astype(np.float32) @ LUMA for frame in frames])


def follow_place(greys: Greys, mask: Mask, start: int) -> Shifts:
    """Tell where the place that `mask` (of the greys' size) marks in frame `start` is in each.

    It is followed forwards and backwards from there; at `start` it has gone nowhere.
    """
    start = min(max(start, 0), len(greys) - 1)
    shifts = np.zeros((len(greys), 2))
    box = extent(mask)
    if box[2] <= box[0]:
        return shifts
    weight = mask[box[1] : box[3], box[0] : box[2]].astype(np.float32)
    for frames in (range(start + 1, len(greys)), range(start - 1, -1, -1)):
        _follow(greys, box, weight, start, frames, shifts)
    return shifts / np.array([greys.shape[2], greys.shape[1]])


def follow_picture(greys: Greys) -> Shifts:
    """Tell how far the whole picture has gone since the first frame."""
    height, width = greys.shape[1:]
    mask = np.zeros((height, width), np.bool_)
    mask[height // 6 : height - height // 6, width // 6 : width - width // 6] = True
    return follow_place(greys, mask, 0)


def _follow(
    greys: Greys,
    box: tuple[int, int, int, int],
    weight: NDArray[np.float32],
    start: int,
    frames: range,
    shifts: Shifts,
) -> None:
    """Follow a box from frame to frame: it looks like it did at first, and like it just did."""
    left, top, right, bottom = box
    first = greys[start, top:bottom, left:right]
    last, x, y = first, 0, 0
    for number in frames:
        best = (np.inf, x, y)
        for down in range(y - _REACH, y + _REACH + 1):
            for across in range(x - _REACH, x + _REACH + 1):
                cost = _cost(greys[number], (left + across, top + down), first, last, weight)
                # Of equals, what moves least.
                cost += 0.02 * (abs(across - x) + abs(down - y))
                if cost < best[0]:
                    best = (cost, across, down)
        x, y = best[1], best[2]
        seen = _cut(greys[number], left + x, top + y, first.shape)
        last = last if seen is None else seen
        shifts[number] = x, y


def _cost(
    grey: NDArray[np.float32],
    place: tuple[int, int],
    first: NDArray[np.float32],
    last: NDArray[np.float32],
    weight: NDArray[np.float32],
) -> float:
    seen = _cut(grey, *place, first.shape)
    if seen is None:
        return float("inf")
    total = max(float(weight.sum()), 1.0)
    to_first = float((np.abs(seen - first) * weight).sum()) / total
    to_last = float((np.abs(seen - last) * weight).sum()) / total
    return 0.4 * to_first + 0.6 * to_last


def _cut(
    grey: NDArray[np.float32], left: int, top: int, shape: tuple[int, ...]
) -> NDArray[np.float32] | None:
    """Cut a box out, its places beyond the edges repeating them; None once it is mostly outside."""
    height, width = grey.shape
    rows = np.arange(top, top + shape[0])
    columns = np.arange(left, left + shape[1])
    inside = ((rows >= 0) & (rows < height)).mean() * ((columns >= 0) & (columns < width)).mean()
    if inside < 0.35:
        return None
    return grey[np.ix_(np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1))]
