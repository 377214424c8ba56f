"""Finds in small frames what is before a ground that stays: pieces, hulls, and one lead of all."""

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.edits.fields import box, extent, grown, pieces
from kaiga.engines.sketch.edits.pictures import Mask, Pixels

_LEAST_DIFFERENCE = 20.0
"""How far (of 255) a place's colour differs at least where something is before the ground."""
_LEAST_SHARE, _MOST_SHARE = 0.002, 0.45
"""Shares of the picture that a lead takes."""
_MOST_GROWTH = 3.5
"""What changes its size more than this within a clip is not one lead."""


def find_differences(looks: NDArray[np.uint8], ground: Pixels) -> NDArray[np.bool_]:
    """Mark in each look what differs from the ground, more than noise does."""
    marked = np.zeros(looks.shape[:3], np.bool_)
    for number, look in enumerate(looks):
        away = np.abs(look.astype(np.int16) - ground).max(axis=2).astype(np.float32)
        away = box(away, 1)
        marked[number] = away > max(_LEAST_DIFFERENCE, 4 * float(np.median(away)))
    return marked


def find_silhouettes(differing: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Choose in each look the main thing that differs, rather one near the last look's."""
    masks = np.zeros_like(differing)
    centre: tuple[float, float] | None = None
    for number, mask in enumerate(differing):
        chosen = hull_of(main_part(mask, centre))
        if chosen.any():
            centre = _middle_of(chosen)
        masks[number] = chosen
    return masks


def are_of_one_lead(masks: NDArray[np.bool_], differing: NDArray[np.bool_]) -> bool:
    """Tell whether masks are those of one thing: seen often, of about one size, and alone."""
    shares = masks.mean(axis=(1, 2))
    seen = shares > _LEAST_SHARE
    if seen.mean() < 0.8:
        return False
    small, usual, large = (float(part) for part in np.quantile(shares[seen], (0.1, 0.5, 0.9)))
    beside = (differing & ~masks).mean(axis=(1, 2))
    # Beside one that hardly leaves its place, the ground shows it where it is most of the time.
    alone = float(np.median(beside[seen])) < max(0.003, 0.12 * usual)
    return usual < _MOST_SHARE and large < _MOST_GROWTH * small and alone


def main_part(mask: Mask, near: tuple[float, float] | None) -> Mask:
    """Give the largest piece, rather one near a place, with the pieces beside it."""
    named = pieces(mask)
    sizes = np.bincount(named.ravel())[1:]
    if not sizes.size or sizes[0] < 6:
        return np.zeros_like(mask)
    best = 1
    if near is not None:
        scores = [
            size / (20 + np.hypot(*np.subtract(_middle_of(named == index + 1), near)))
            for index, size in enumerate(sizes[:6])
        ]
        best = int(np.argmax(scores)) + 1
    chosen = named == best
    around = grown(chosen, max(2, mask.shape[1] // 20))
    for index in range(1, min(len(sizes), 8) + 1):
        if sizes[index - 1] > 0.06 * sizes[best - 1] and (around & (named == index)).any():
            chosen |= named == index
    return chosen


def without_specks(mask: Mask) -> Mask:
    """Leave out the pieces that are small beside the largest one."""
    named = pieces(mask)
    sizes = np.bincount(named.ravel())
    sizes[0] = 0
    return mask & (sizes > 0.06 * sizes.max())[named]


def hull_of(mask: Mask) -> Mask:
    """Choose also what lies between chosen places both of its row and of its column."""
    across = np.logical_or.accumulate(mask, 1) & np.logical_or.accumulate(mask[:, ::-1], 1)[:, ::-1]
    down = np.logical_or.accumulate(mask, 0) & np.logical_or.accumulate(mask[::-1], 0)[::-1]
    return across & down


def _middle_of(mask: Mask) -> tuple[float, float]:
    left, top, right, bottom = extent(mask)
    return (left + right) / 2, (top + bottom) / 2
