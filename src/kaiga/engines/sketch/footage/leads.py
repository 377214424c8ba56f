"""Follows what moves in a clip: a person walking or dancing before a ground that stays.

It is looked at on small frames. What differs from the middle of all frames is taken for the lead;
where everything moves, as with a moving camera, the lead is what stands out in single frames.
"""

from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.edits.fields import box, extent, grown, pieces
from kaiga.engines.sketch.edits.pictures import Mask, Pixels
from kaiga.engines.sketch.edits.subjects import find_small_subject
from kaiga.engines.sketch.film.reading import read_frames
from kaiga.engines.sketch.footage.regions import Region, make_region
from kaiga.ports.engine import JobMedia

_SIDE = 176
"""Longer side in pixels of the frames that are looked at; 30 s of them take about 25 MB."""
_MOST_LOOKS = 1800
_SAMPLES = 25
"""Frames of which the middle is taken."""
_LEAST_DIFFERENCE = 20.0
"""How far (of 255) a place's colour differs at least where something is before the ground."""
_LEAST_SHARE, _MOST_SHARE = 0.002, 0.45
"""Shares of the picture that a lead before a still ground takes."""
_MOST_GROWTH = 3.5
"""What changes its size more than this within a clip is not one lead."""
_STILLS_PER_SECOND = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """What moves in a clip, look by look.

    `masks` are looks by height by width, small; `regions` are where the lead is in the whole
    picture, in shares of its sides; `changes` are how much the picture changes at each look (0 to
    255). `is_apart` tells that the ground stays, so that the lead can be told from it exactly.
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
    masks, beside = _before(looks, ground)
    is_apart = _is_believable(masks, beside)
    if not is_apart:
        masks = _standing_out(looks, rate)
    steps = np.abs(np.diff(looks.astype(np.int16), axis=0, prepend=looks[:1]))
    return Lead(
        looks_per_second=rate,
        masks=masks,
        regions=_regions(masks),
        changes=steps.mean(axis=(1, 2, 3)),
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


def _spread(count: int, wanted: int) -> list[int]:
    """Choose so many of a row, evenly."""
    return sorted({round(index) for index in np.linspace(0, count - 1, min(count, wanted))})


def _before(
    looks: NDArray[np.uint8], ground: Pixels
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Mark in each look the main thing before the ground; tell how much else differs from it."""
    masks = np.zeros(looks.shape[:3], np.bool_)
    beside = np.zeros(len(looks))
    centre: tuple[float, float] | None = None
    for number, look in enumerate(looks):
        away = np.abs(look.astype(np.int16) - ground).max(axis=2).astype(np.float32)
        away = box(away, 1)
        limit = max(_LEAST_DIFFERENCE, 4 * float(np.median(away)))
        differs = away > limit
        mask = _main_part(differs, centre)
        beside[number] = float((differs & ~mask).mean())
        if mask.any():
            left, top, right, bottom = extent(mask)
            centre = ((left + right) / 2, (top + bottom) / 2)
        masks[number] = mask
    return masks, beside


def _main_part(mask: Mask, near: tuple[float, float] | None) -> Mask:
    """Give the largest piece, rather one near the last place, with the pieces beside it, whole."""
    named = pieces(mask)
    sizes = np.bincount(named.ravel())[1:]
    if not sizes.size or sizes[0] < 6:
        return np.zeros_like(mask)
    best = 1
    if near is not None:
        scores = [
            size / (20 + np.hypot(*_away(named == index + 1, near)))
            for index, size in enumerate(sizes[:6])
        ]
        best = int(np.argmax(scores)) + 1
    chosen = named == best
    around = grown(chosen, max(2, mask.shape[1] // 20))
    for index in range(1, min(len(sizes), 8) + 1):
        if sizes[index - 1] > 0.06 * sizes[best - 1] and (around & (named == index)).any():
            chosen |= named == index
    return _hull(chosen)


def _away(mask: Mask, near: tuple[float, float]) -> tuple[float, float]:
    left, top, right, bottom = extent(mask)
    return (left + right) / 2 - near[0], (top + bottom) / 2 - near[1]


def _hull(mask: Mask) -> Mask:
    """Choose also what lies between chosen places both of its row and of its column."""
    across = np.logical_or.accumulate(mask, 1) & np.logical_or.accumulate(mask[:, ::-1], 1)[:, ::-1]
    down = np.logical_or.accumulate(mask, 0) & np.logical_or.accumulate(mask[::-1], 0)[::-1]
    return across & down


def _is_believable(masks: NDArray[np.bool_], beside: NDArray[np.float64]) -> bool:
    """Tell whether there is one lead and a ground that stays: little else may differ from it."""
    shares = masks.mean(axis=(1, 2))
    seen = shares > _LEAST_SHARE
    if seen.mean() <= 0.3:
        return False
    small, usual, large = (float(part) for part in np.quantile(shares[seen], (0.1, 0.5, 0.9)))
    alone = float(np.median(beside[seen])) < max(0.02, 0.12 * usual)
    return usual < _MOST_SHARE and large < _MOST_GROWTH * small and alone


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


def smoothed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take outliers and jitter out of a series of values (times by anything)."""
    ends = [(2, 2)] + [(0, 0)] * (values.ndim - 1)
    wide = np.pad(values, ends, mode="edge")
    middle = np.median(np.stack([wide[i : i + len(values)] for i in range(5)]), axis=0)
    wide = np.pad(middle, ends, mode="edge")
    total = np.zeros_like(middle)
    for place, weight in enumerate((1, 4, 6, 4, 1)):
        total += weight * wide[place : place + len(values)]
    return total / 16
