"""Joins the marked places of a picture to connected strokes, and gives the box around each."""

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.edits.pictures import Mask
from kaiga.engines.sketch.judging.boxes import Box

Numbers = NDArray[np.intp]


def boxes_of(strokes: Mask, *, least: int, most: int) -> list[Box]:
    """Give the boxes of connected strokes of at least `least` pixels, of the `most` largest.

    Neighbours to the side and at the corners are connected. Works on runs of pixels in rows, so
    that long thin strokes cost no more than others.
    """
    rows, starts, ends = _runs(strokes)
    if not len(rows):
        return []
    first, second = _touching(rows, starts, ends, strokes.shape[1])
    names = _joined(len(rows), first, second)
    found, names = np.unique(names, return_inverse=True)
    sizes = np.bincount(names, weights=ends - starts)
    edges = [np.full(len(found), limit) for limit in (1 << 40, 1 << 40, -1, -1)]
    np.minimum.at(edges[0], names, starts)
    np.minimum.at(edges[1], names, rows)
    np.maximum.at(edges[2], names, ends)
    np.maximum.at(edges[3], names, rows + 1)
    chosen = np.argsort(-sizes, kind="stable")[:most]
    return [Box(*(int(edge[index]) for edge in edges)) for index in chosen if sizes[index] >= least]


def _runs(strokes: Mask) -> tuple[Numbers, Numbers, Numbers]:
    """Give each unbroken run of marked places in a row: its row, first column, and column after."""
    edges = np.diff(np.pad(strokes.astype(np.int8), ((0, 0), (1, 1))), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    return rows, starts, ends


def _touching(rows: Numbers, starts: Numbers, ends: Numbers, width: int) -> tuple[Numbers, Numbers]:
    """Give the pairs of runs that touch from one row to the next."""
    wide = width + 2
    below = (rows + 1) * wide
    low = np.searchsorted(rows * wide + ends, below + starts, side="left")
    high = np.searchsorted(rows * wide + starts, below + ends, side="right")
    counts = np.maximum(high - low, 0)
    first = np.repeat(np.arange(len(rows)), counts)
    offsets = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
    return first, np.repeat(low, counts) + offsets


def _joined(count: int, first: Numbers, second: Numbers) -> Numbers:
    """Give all that hang together the least number among them."""
    names = np.arange(count)
    while True:
        before = names.copy()
        least = np.minimum(names[first], names[second])
        np.minimum.at(names, names[first], least)
        np.minimum.at(names, names[second], least)
        names = names[names]
        if np.array_equal(before, names):
            return names
