"""Follows what moves in a clip: a person walking through it, or dancing at one place.

It is looked at on small frames. What differs from the middle of all frames is taken for the lead.
Who hardly leaves the own place is there in the middle of all frames too; then it is what stands
out, followed by its looks. Where the camera itself moves, no ground can be told, and the lead is
what stands out in single frames.
"""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.edits.fields import LUMA, extent, grown, steepness
from kaiga.engines.sketch.edits.pictures import Mask, Pixels
from kaiga.engines.sketch.edits.subjects import find_small_subject
from kaiga.engines.sketch.film.reading import read_frames
from kaiga.engines.sketch.footage.regions import Region, make_region
from kaiga.engines.sketch.footage.silhouettes import (
    are_of_one_lead,
    find_differences,
    find_silhouettes,
    hull_of,
    without_specks,
)
from kaiga.engines.sketch.footage.tracking import follow_place
from kaiga.ports.engine import JobMedia

_SIDE = 176
"""Longer side in pixels of the frames that are looked at; 30 s of them take about 25 MB."""
_MOST_LOOKS = 1800
_SAMPLES = 25
"""Frames of which the middle is taken."""
_EDGE = 9.0
"""Steepness (of 255) from which on a place is an edge, at which a moving camera shows."""
_MOST_RESTLESS = 0.5
"""Share of the edges that may ever change while the camera stands still."""
_STILLS_PER_SECOND = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """What moves in a clip, look by look.

    `masks` are looks by height by width, small; `regions` are where the lead is in the whole
    picture, in shares of its sides; `changes` are how much the picture changes at each look (0 to
    255). `is_apart` tells that the ground stays, so that the lead can be told from it; `ground` is
    what is there most of the time.
    """

    looks_per_second: float
    masks: NDArray[np.bool_]
    regions: tuple[Region, ...]
    changes: NDArray[np.float64]
    is_apart: bool
    ground: Pixels

    def index_at(self, seconds: float) -> int:
        """Give the number of the look at a time; times beyond the ends count as the ends."""
        return min(max(round(seconds * self.looks_per_second), 0), len(self.regions) - 1)

    @property
    def steady_core(self) -> Mask:
        """The places that the lead covers most of the time, so that few frames show them."""
        return self.masks.mean(axis=0) > 0.5


def follow_lead(
    media: JobMedia, *, width: int, height: int, looks_per_second: float, seconds: float
) -> Lead:
    """Follow the lead of a clip that is shown at this size for so many seconds.

    Raises:
        Refused: the clip can't be decoded.
    """
    share = min(1.0, _SIDE / max(width, height))
    size = max(8, round(width * share)), max(8, round(height * share))
    rate = min(looks_per_second, _MOST_LOOKS / max(seconds, 0.1))
    looks = _look(media, size, rate, seconds)
    ground = middle_of([looks[index] for index in _spread(len(looks), _SAMPLES)])
    differing = find_differences(looks, ground)
    masks = find_silhouettes(differing)
    is_apart = are_of_one_lead(masks, differing)
    if not is_apart:
        is_apart = _stands_still(differing, ground)
        masks = _at_its_place(looks, differing) if is_apart else _standing_out(looks, rate)
    return Lead(
        looks_per_second=rate,
        masks=masks,
        regions=_regions(masks),
        changes=np.array([_difference(looks[max(0, n - 1)], look) for n, look in enumerate(looks)]),
        is_apart=is_apart,
        ground=ground,
    )


def middle_of(frames: Iterable[Pixels]) -> Pixels:
    """Give the median of frames of one size: what is there most of the time."""
    every = np.stack(list(frames))
    half = len(every) // 2
    result = np.empty(every.shape[1:], np.uint8)
    for top in range(0, every.shape[1], 64):
        part = every[:, top : top + 64]
        result[top : top + 64] = np.partition(part, half, axis=0)[half]
    return result


def smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take outliers and jitter out of a series of values (times by anything)."""
    if len(values) < 3:
        return values
    middle = np.median(_with_neighbours(values), axis=0)
    before, own, after = _with_neighbours(middle)
    return (before + 2 * own + after) / 4


def _with_neighbours(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give for each value the one before, itself and the one after; ends go on as they come."""
    first, last = 2 * values[:1] - values[1:2], 2 * values[-1:] - values[-2:-1]
    wide = np.concatenate([first, values, last])
    return np.stack([wide[:-2], values, wide[2:]])


def _look(media: JobMedia, size: tuple[int, int], rate: float, seconds: float) -> NDArray[np.uint8]:
    frames = read_frames(
        media,
        width_pixels=size[0],
        height_pixels=size[1],
        frames_per_second=rate,
        duration_seconds=seconds,
    )
    with closing(frames):
        return np.stack(list(frames))


def _difference(first: Pixels, second: Pixels) -> float:
    return float(np.abs(second.astype(np.int16) - first).mean())


def _spread(count: int, wanted: int) -> list[int]:
    """Choose so many of a row, evenly."""
    return sorted({round(index) for index in np.linspace(0, count - 1, min(count, wanted))})


def _stands_still(differing: NDArray[np.bool_], ground: Pixels) -> bool:
    """Tell whether the camera does: most edges of the ground are then never anywhere else."""
    edges = steepness((ground @ LUMA).astype(np.float32)) > _EDGE
    restless: Mask = np.logical_or.reduce(differing, axis=0)
    return not edges.any() or float(restless[edges].mean()) < _MOST_RESTLESS


def _at_its_place(looks: NDArray[np.uint8], differing: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Mark a lead that hardly leaves its place: by its looks, with all that moves about it."""
    middle = len(looks) // 2
    moving: Mask = np.logical_or.reduce(differing, axis=0)
    lead = _choose_lead(looks[middle], hull_of(without_specks(moving)))
    greys = np.stack([look.astype(np.float32) @ LUMA for look in looks])
    shifts = follow_place(greys, lead, middle)
    steps = np.rint(smoothed(shifts) * (lead.shape[1], lead.shape[0])).astype(int).tolist()
    # Where the lead is most of the time, a difference means that it is not there now.
    beside = grown(lead, max(2, lead.shape[1] // 12)) & ~lead
    masks = np.zeros_like(differing)
    for number, (right, down) in enumerate(steps):
        masks[number] = hull_of(_moved(lead, right, down) | (differing[number] & beside))
    return masks


def _choose_lead(look: Pixels, moving: Mask) -> Mask:
    """Choose what stands out in a look, as far as it is where things move, else where they do."""
    subject = find_small_subject(look)
    if not moving.any():
        return subject
    left, top, right, bottom = make_region(extent(moving)).grown(0.12).inside(*moving.shape[::-1])
    there = np.zeros_like(subject)
    there[top:bottom, left:right] = subject[top:bottom, left:right]
    return there if there.sum() > 0.4 * moving.sum() else moving


def _moved(mask: Mask, right: int, down: int) -> Mask:
    """Move a mask; what leaves the picture is gone."""
    height, width = mask.shape
    rows, columns = np.nonzero(mask)
    rows, columns = rows + down, columns + right
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    result = np.zeros_like(mask)
    result[rows[inside], columns[inside]] = True
    return result


def _standing_out(looks: NDArray[np.uint8], rate: float) -> NDArray[np.bool_]:
    """Mark what stands out in single frames, a few times a second."""
    masks = np.zeros(looks.shape[:3], np.bool_)
    step = max(1, round(rate / _STILLS_PER_SECOND))
    for first in range(0, len(looks), step):
        masks[first : first + step] = find_small_subject(looks[first])
    return masks


def _regions(masks: NDArray[np.bool_]) -> tuple[Region, ...]:
    """Give the lead's places without jumps; where it is not seen, it is where it was last."""
    height, width = masks.shape[1:]
    seen = [extent(mask) if mask.any() else None for mask in masks]
    last = next((each for each in seen if each), (width // 3, height // 4, 2 * width // 3, height))
    edges: list[tuple[int, int, int, int]] = []
    for each in seen:
        last = each or last
        edges.append(last)
    smooth = smoothed(np.array(edges, np.float64))
    sides = np.array([width, height, width, height])
    return tuple(
        make_region((left, top, right, bottom)) for left, top, right, bottom in smooth / sides
    )
