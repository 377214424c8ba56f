"""How a whole body stands at one moment, measured from what moves in a clip or made up."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.edits.fields import extent
from kaiga.engines.sketch.edits.pictures import Mask
from kaiga.engines.sketch.footage.leads import Lead, smoothed

BANDS = 10
"""A body is seen as so many bands from head to feet."""

Bands = NDArray[np.float64]
_STILL: tuple[float, ...] = (0.0,) * BANDS
_NARROWEST, _WIDEST = 0.78, 1.3
_SHORTEST, _LONGEST = 0.72, 1.28
_MOST_SHIFT = 0.22


@dataclass(frozen=True, slots=True, kw_only=True)
class Pose:
    """One moment of a body, against its usual one; lengths are in heights of the body.

    `across` and `up` are how far it has gone. `stretch` is its height. `shifts` are how far each
    band, head first, leans to the right of its place over the feet, `widths` how wide it is.
    `facing` is 1, or less as the body turns aside, and below 0 when it is seen mirrored.
    """

    across: float = 0.0
    up: float = 0.0
    stretch: float = 1.0
    shifts: tuple[float, ...] = _STILL
    widths: tuple[float, ...] = (1.0,) * BANDS
    facing: float = 1.0


STANDING = Pose()


def measure_poses(lead: Lead, aspect: float) -> list[Pose]:
    """Give the pose of the lead at each look; `aspect` is the clip's width per height.

    What is usual is the middle of all looks, so that the poses fit another body in its place.
    """
    heights = np.array([region.height for region in lead.regions])
    usual = max(float(np.median(heights)), 0.02)
    feet = np.array([region.bottom for region in lead.regions])
    middles = np.array([region.middle[0] for region in lead.regions])
    shifts, widths = _measure_bands(lead)
    across = (middles - float(np.median(middles))) * aspect / usual
    up = (float(np.median(feet)) - feet) / usual
    return [
        Pose(
            across=float(across[look]),
            up=float(up[look]),
            stretch=float(np.clip(heights[look] / usual, _SHORTEST, _LONGEST)),
            shifts=tuple(np.clip(shifts[look], -_MOST_SHIFT, _MOST_SHIFT).tolist()),
            widths=tuple(np.clip(widths[look], _NARROWEST, _WIDEST).tolist()),
        )
        for look in range(len(lead.regions))
    ]


def pose_between(poses: Sequence[Pose], moment: float) -> Pose:
    """Give the pose at a moment between two of a series, which counts from 0."""
    moment = min(max(moment, 0.0), len(poses) - 1.0)
    first = int(moment)
    one, other, share = poses[first], poses[min(first + 1, len(poses) - 1)], moment - first
    return blended(one, other, share)


def blended(one: Pose, other: Pose, share: float) -> Pose:
    """Give the pose on the way from one to another."""

    def mix(a: float, b: float) -> float:
        return a + (b - a) * share

    return Pose(
        across=mix(one.across, other.across),
        up=mix(one.up, other.up),
        stretch=mix(one.stretch, other.stretch),
        shifts=tuple(map(mix, one.shifts, other.shifts)),
        widths=tuple(map(mix, one.widths, other.widths)),
        facing=mix(one.facing, other.facing),
    )


def _measure_bands(lead: Lead) -> tuple[Bands, Bands]:
    """Give for each look and band its shift in heights, and its width against the usual one."""
    middles = np.zeros((len(lead.masks), BANDS))
    spans = np.ones((len(lead.masks), BANDS))
    last: tuple[Bands, Bands] = (np.zeros(BANDS), np.ones(BANDS))
    for look, mask in enumerate(lead.masks):
        last = _look_at(mask) or last
        middles[look], spans[look] = last
    # The feet are what a body stands on: the others lean against them.
    middles -= middles[:, -2:].mean(axis=1, keepdims=True)
    middles -= np.median(middles, axis=0)
    spans /= np.maximum(np.median(spans, axis=0), 1e-3)
    return smoothed(middles), smoothed(spans)


def _look_at(mask: Mask) -> tuple[Bands, Bands] | None:
    """Give the middle and the width of each band of a mask, in its heights."""
    left, top, right, bottom = extent(mask)
    tall = bottom - top
    if tall < BANDS or right - left < 3:
        return None
    edges = np.rint(np.linspace(top, bottom, BANDS + 1)).astype(int)
    middles, spans = np.zeros(BANDS), np.ones(BANDS)
    for band in range(BANDS):
        columns = np.flatnonzero(mask[edges[band] : edges[band + 1]].any(axis=0))
        if columns.size:
            middles[band] = ((columns[0] + columns[-1]) / 2 - (left + right) / 2) / tall
            spans[band] = (columns[-1] - columns[0] + 1) / tall
    return middles, spans
