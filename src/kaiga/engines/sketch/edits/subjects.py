"""Tells what a picture is about from what is around it, without knowing what things are.

Everything is looked for on a small copy and brought to full size along the picture's own edges.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.edits.fields import (
    extent,
    gauss,
    grown,
    guided,
    luma,
    pieces,
    scaled,
)
from kaiga.engines.sketch.edits.hues import chroma, clusters, squared_distance, to_lab
from kaiga.engines.sketch.edits.pictures import Field, Floats, Mask, Pixels, resized

SMALL_SIDE = 144
"""The longer side of the copy that is looked at."""
_GROUPS = 6
_SMALL = 0.06
"""A subject that takes less of the picture may be only a part of what it is."""


def small_copy(pixels: Pixels) -> Pixels:
    """Give the picture at the size at which it is looked at."""
    height, width = pixels.shape[:2]
    share = min(1.0, SMALL_SIDE / max(height, width))
    return resized(pixels, max(8, round(width * share)), max(8, round(height * share)))


def find_subject(pixels: Pixels) -> Field:
    """Tell how surely each place belongs to what stands out most, 0 to 1.

    What stands out differs from what reaches the upper and the outer edges, and lies towards the
    middle. Where nothing does, it is an oval in the middle.
    """
    return at_full_size(find_small_subject(small_copy(pixels)), pixels)


def find_small_subject(small: Pixels) -> Mask:
    """Do the work of `find_subject` on a small copy."""
    lab, surprise = _surprises(small)
    main = _main_piece(surprise > _divide(surprise), surprise)
    return _with_own_colours(lab, _with_surroundings(lab, main))


def list_small_things(small: Pixels) -> list[Mask]:
    """Give what else stands out on a small copy, piece by piece, the largest first."""
    _, surprise = _surprises(small)
    chosen = surprise > _divide(surprise) * 0.72
    named = pieces(grown(chosen & ~find_small_subject(small), -1))
    count = min(int(named.max(initial=0)), 8)
    found = (grown(named == index, 1) & chosen for index in range(1, count + 1))
    return [piece for piece in found if piece.mean() > 0.003]


def _surprises(small: Pixels) -> tuple[Floats, Field]:
    """Give a small copy's colours, and how much each place stands out, about 0 to 1."""
    lab = to_lab(small)
    lab = np.stack([gauss(lab[..., c], 0.8) for c in range(3)], axis=2)
    height, width = small.shape[:2]
    surprise = _barriers(lab, _outer_edges(height, width)) * _towards_middle(height, width)
    surprise /= max(float(np.percentile(surprise, 99)), 1e-3)
    return lab, _by_colour(lab, surprise)


def patches_of_colour(lab: Floats, subject: Mask, *, edges: int) -> list[Mask]:
    """Give larger pieces of one colour outside the subject that touch at most `edges` edges."""
    centres, group = clusters(lab, 9, "patches")
    group = group.reshape(lab.shape[:2])
    found: list[Mask] = []
    for index in range(len(centres)):
        named = pieces((group == index) & ~subject)
        for number in range(1, min(int(named.max(initial=0)), 3) + 1):
            piece: Mask = named == number
            rims = (piece[:2], piece[-2:], piece[:, :2], piece[:, -2:])
            touched = sum(bool(rim.any()) for rim in rims)
            if 0.004 < piece.mean() < 0.25 and touched <= edges:
                found.append(grown(grown(piece, 1), -1))
    return found


def _with_surroundings(lab: Floats, main: Mask) -> Mask:
    """Add the patch that a small subject lies within, as a cup around its coffee."""
    if main.mean() > _SMALL:
        return main
    rim = grown(main, 3) & ~grown(main, 1)
    for patch in patches_of_colour(lab, main, edges=0):
        if (patch & rim).sum() > 0.4 * rim.sum():
            return without_holes(grown(grown(main | patch, 3), -3), least=0.02)
    return main


def _with_own_colours(lab: Floats, main: Mask) -> Mask:
    """Add what touches the subject and has its colours rather than those around it."""
    reach = max(3, main.shape[1] // 14)
    near = grown(main, reach) & ~main
    around = grown(main, reach * 2) & ~grown(main, reach)
    inner = grown(main, -1)
    if inner.sum() < 12 or around.sum() < 12 or not near.any():
        return main
    to_own, to_others = (_away(lab, lab[part]) for part in (inner, around))
    own = near & (to_own < 0.035) & (to_own < to_others * 0.45)
    named = pieces(main | own)
    kept = np.unique(named[main])
    joined: Mask = np.isin(named, kept[kept > 0])
    return without_holes(joined, least=0.004) if joined.sum() < 1.3 * main.sum() else main


def find_sky(pixels: Pixels) -> Field:
    """Tell how surely each place is open sky: what leads smoothly down from the upper edge."""
    small = small_copy(pixels)
    return at_full_size(find_small_sky(small), pixels)


def find_small_sky(small: Pixels, *, grey: bool = False) -> Mask:
    """Do the work of `find_sky` on a small copy; nothing is chosen where there is no sky.

    In a `grey` picture no colour can tell a sky from a wall, so either will do.
    """
    lab = to_lab(small)
    height, width = small.shape[:2]
    seeds = np.zeros((height, width), dtype=np.bool_)
    seeds[0] = True
    reached = _trails(lab, seeds, freely=0.016) < 0.085
    open_air = reached & ~_is_earthy(lab)
    named = pieces(open_air)
    top = np.unique(named[0])
    sky: Mask = np.isin(named, top[top > 0])
    sky = without_holes(sky, least=0.02)
    enough = sky.mean() > 0.04 and sky[0].mean() > 0.2
    airy = enough and sky.mean() < 0.92 and (grey or _is_airy(lab, sky))
    return sky if airy else np.zeros_like(sky)


def _is_airy(lab: Floats, sky: Mask) -> bool:
    """Tell a sky from a wall: it is blue, or white, or grows lighter or warmer downwards."""
    middle = lab[sky].mean(axis=0)
    rows = np.flatnonzero(sky.any(axis=1))
    upper, lower = (lab[row][sky[row]].mean(axis=0) for row in (rows[0], rows[-1]))
    changing = float(np.abs(upper - lower).sum()) > 0.09
    return bool(middle[2] < -0.02 or middle[0] > 0.9 or changing)


def at_full_size(small: Mask, pixels: Pixels) -> Field:
    """Bring a mask of the small copy to the picture's size, along the picture's edges."""
    height, width = pixels.shape[:2]
    rough = scaled(gauss(small.astype(np.float32), 0.7), width, height)
    step = max(1, round(max(height, width) / 512))
    guide = luma(pixels)
    if step > 1:
        low_guide = scaled(guide, width // step, height // step)
        low_rough = scaled(rough, width // step, height // step)
        fine = scaled(guided(low_rough, low_guide, 4, 2e-4), width, height)
    else:
        fine = guided(rough, guide, 4, 2e-4)
    return np.clip((fine - 0.3) / 0.4, 0, 1)


def box_of(share: Field) -> tuple[int, int, int, int]:
    """Give the box (left, top, right, bottom) of what is chosen by more than half."""
    return extent(share > 0.5)


def _outer_edges(height: int, width: int) -> Mask:
    """Give the edges of a picture but the middle of the lower one, where people are cut off."""
    seeds = np.zeros((height, width), dtype=np.bool_)
    seeds[0] = True
    seeds[: round(height * 0.85), (0, -1)] = True
    corner = max(1, width // 5)
    seeds[-1, :corner] = True
    seeds[-1, -corner:] = True
    return seeds


def _towards_middle(height: int, width: int) -> Field:
    rows = (np.arange(height, dtype=np.float32) / height - 0.52)[:, None]
    columns = (np.arange(width, dtype=np.float32) / width - 0.5)[None]
    return np.exp(-(rows * rows + columns * columns) / (2 * 0.36**2))


def _swept(
    lab: Floats, seeds: Mask, step: Callable[[int, int, int], None], rounds: int = 3
) -> None:
    """Call `step(axis, to, from)` for each line of places in all four directions."""
    del seeds
    for _ in range(rounds):
        for axis in (0, 1):
            count = lab.shape[axis]
            for index in range(1, count):
                step(axis, index, index - 1)
            for index in range(count - 2, -1, -1):
                step(axis, index, index + 1)


def _barriers(lab: Floats, seeds: Mask) -> Field:
    """Tell how large the range of colours is on the evenest way to a seed.

    It is the minimum barrier distance (Strand et al. 2013), swept line by line.
    """
    high, low = lab.copy(), lab.copy()
    away = np.where(seeds, 0.0, np.inf)

    def step(axis: int, to: int, start: int) -> None:
        here = (to, slice(None)) if axis == 0 else (slice(None), to)
        there = (start, slice(None)) if axis == 0 else (slice(None), start)
        top = np.maximum(high[there], lab[here])
        bottom = np.minimum(low[there], lab[here])
        cost = np.where(np.isinf(away[there]), np.inf, (top - bottom).sum(axis=1))
        better = cost < away[here]
        away[here] = np.where(better, cost, away[here])
        high[here] = np.where(better[:, None], top, high[here])
        low[here] = np.where(better[:, None], bottom, low[here])

    _swept(lab, seeds, step)
    return away.astype(np.float32)


def _trails(lab: Floats, seeds: Mask, *, freely: float) -> Field:
    """Tell how much colours jump on the calmest way to a seed; steps up to `freely` are free."""
    away = np.where(seeds, 0.0, np.inf)

    def step(axis: int, to: int, start: int) -> None:
        here = (to, slice(None)) if axis == 0 else (slice(None), to)
        there = (start, slice(None)) if axis == 0 else (slice(None), start)
        jump = np.abs(lab[here] - lab[there]).sum(axis=1)
        cost = away[there] + np.maximum(jump - freely, 0)
        away[here] = np.minimum(away[here], cost)

    _swept(lab, seeds, step)
    return away.astype(np.float32)


def _by_colour(lab: Floats, surprise: Field) -> Field:
    """Judge each place anew by whether its colour is more of the subject or of its ground."""
    height, width = surprise.shape
    front = surprise > max(0.5, float(np.percentile(surprise, 80)) * 0.8)
    behind = surprise < 0.3
    if front.sum() < 12 or behind.sum() < 12:
        return surprise
    rows, columns = np.indices((height, width), dtype=np.float32)
    place = np.stack([rows / height * 0.16, columns / width * 0.1], axis=2)
    told = np.concatenate([lab * (0.7, 1.6, 1.6), place], axis=2).astype(np.float32)
    to_front, to_behind = (_away(told, told[part]) for part in (front, behind))
    likeness = to_behind / np.maximum(to_front + to_behind, 1e-6)
    return gauss(0.62 * likeness + 0.38 * np.clip(surprise, 0, 1), 1.2)


def _divide(field: Field) -> float:
    """Give the number that parts a field best into low and high (Otsu 1979), near the middle."""
    counts, edges = np.histogram(field, bins=64, range=(0, 1))
    middles = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * middles)
    low = sums / np.maximum(below, 1)
    high = (sums[-1] - sums) / np.maximum(above, 1)
    best = int((below * above * (high - low) ** 2).argmax())
    return float(np.clip(edges[best + 1], 0.47, 0.6))


def _away(told: Floats, some: Floats) -> Field:
    """Tell how unlike the nearest of the main colours of `some` each place is."""
    count = min(_GROUPS, len(some))
    centres, _ = clusters(some, count, "subject")
    distances = [squared_distance(told, centre) for centre in centres]
    return np.sqrt(np.minimum.reduce(distances))


def _main_piece(chosen: Mask, surprise: Field) -> Mask:
    """Keep the piece that stands out most, with large ones near it, and close its holes."""
    height, width = chosen.shape
    named = pieces(grown(chosen, -1))
    count = int(named.max(initial=0))
    weight = np.bincount(
        named.ravel(), weights=(surprise * _towards_middle(height, width)).ravel(),
        minlength=count + 1,
    )  # fmt: skip
    weight[0] = 0
    best = int(weight.argmax()) if count else 0
    if not count or (named == best).mean() < 0.003:
        return oval(height, width)
    main: Mask = grown(named == best, 1) & chosen
    near = grown(main, max(2, width // 24))
    for index in range(1, min(count, 12) + 1):
        part = named == index
        heavy = weight[index] > 0.12 * weight[best]
        if index != best and heavy and (part & near).any() and _lies_within(part, main):
            main = main | (grown(part, 1) & chosen)
    reach = max(2, width // 16)
    closed = grown(grown(np.pad(main, reach), reach), -reach)[reach:-reach, reach:-reach]
    likely = closed & (surprise > 0.33) | _framed(main) & (surprise > 0.24)
    main = without_holes(main | likely, least=0.0)
    return main if main.mean() < 0.72 else oval(height, width)


def _framed(main: Mask) -> Mask:
    """Tell what has the subject to its left, to its right and above it, as a face has hair."""
    left = np.logical_or.accumulate(main, axis=1)
    right = np.flip(np.logical_or.accumulate(np.flip(main, 1), axis=1), 1)
    return left & right & np.logical_or.accumulate(main, axis=0)


def _lies_within(part: Mask, main: Mask) -> bool:
    """Tell whether the middle of one piece is inside the slightly widened box of another."""
    left, top, right, bottom = extent(main)
    rows, columns = np.nonzero(part)
    wide, tall = (right - left) * 0.08, (bottom - top) * 0.08
    return bool(
        left - wide <= columns.mean() <= right + wide and top - tall <= rows.mean() <= bottom + tall
    )


def oval(height: int, width: int) -> Mask:
    """Give an oval in the middle: where a subject is most often."""
    rows, columns = np.indices((height, width), dtype=np.float32)
    down, right = (rows / height - 0.55) / 0.33, (columns / width - 0.5) / 0.28
    return down * down + right * right < 1


def without_holes(mask: Mask, *, least: float) -> Mask:
    """Choose also what is enclosed; holes larger than `least` of the picture stay if `least`."""
    named = pieces(~mask)
    edge = np.unique(np.concatenate([named[0], named[-1], named[:, 0], named[:, -1]]))
    enclosed = ~mask & ~np.isin(named, edge)
    if least:
        sizes = np.bincount(named.ravel())
        enclosed &= (sizes < least * mask.size)[named]
    return mask | enclosed


def _is_earthy(lab: Floats) -> Mask:
    """Tell what has a colour that skies never have: green, or brown in the dark."""
    lightness, lean = lab[..., 0], lab[..., 1:]
    green = (lean[..., 0] < -0.045) & (lean[..., 1] > 0.03)
    brown = (lightness < 0.62) & (lean[..., 0] > 0.0) & (lean[..., 1] > 0.035)
    return green | brown


def find_colour(pixels: Pixels, lab_colour: NDArray[np.float32], reach: float = 0.16) -> Field:
    """Tell how surely each place has about this colour; shades of it count too."""
    small = small_copy(pixels)
    lab = to_lab(small)
    apart = np.abs(lab - lab_colour)
    own = float(np.hypot(lab_colour[1], lab_colour[2]))
    if own < 0.04:
        near = (apart[..., 0] < reach * 1.2) & (chroma(lab) < 0.05)
    else:
        turned = lab[..., 1] * lab_colour[1] + lab[..., 2] * lab_colour[2]
        cosine = turned / np.maximum(chroma(lab) * own, 1e-4)
        near = (cosine > 0.86) & (chroma(lab) > max(0.045, own * 0.4)) & (apart[..., 0] < 0.42)
    return at_full_size(near, pixels) if near.any() else np.zeros(pixels.shape[:2], np.float32)
