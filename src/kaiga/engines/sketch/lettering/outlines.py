"""Traces ink into outlines, for letters that are bent, filled with pictures, or written as SVG."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.lettering.typesetting import Coverage
from kaiga.engines.sketch.shapes import Point, polygon

Outline = NDArray[np.float64]
"""A closed line: points by x and y, in pixels, the last one joined to the first."""
Bend = Callable[[Outline], Outline]
"""Moves the points of an outline."""

_HALF = 127.5
# Which edges of a cell the outline enters and leaves by, with ink to its left, for each pattern of
# inked corners (1 upper left, 2 upper right, 4 lower right, 8 lower left). Edges: 0 upper, 1 right,
# 2 lower, 3 left. Where two opposite corners are inked, they are taken to be apart.
_CROSSINGS: Sequence[Sequence[tuple[int, int]]] = (
    (), ((0, 3),), ((1, 0),), ((1, 3),), ((2, 1),), ((0, 3), (2, 1)), ((2, 0),), ((2, 3),),
    ((3, 2),), ((0, 2),), ((1, 0), (3, 2)), ((1, 2),), ((3, 1),), ((0, 1),), ((3, 0),), (),
)  # fmt: skip


def trace(coverage: Coverage, *, tolerance: float = 0.3) -> list[Outline]:
    """Give the lines along which ink is a half, in a steady order; holes are lines of their own.

    Points lie between pixels' centres as the ink's shades tell, and are thinned to those that a
    line through would miss by more than `tolerance` pixels. Fill with the even-odd rule.
    """
    ink = np.pad(coverage, 1).astype(np.float64)
    inked = ink > _HALF
    pattern = inked[:-1, :-1] * 1 + inked[:-1, 1:] * 2 + inked[1:, 1:] * 4 + inked[1:, :-1] * 8
    follow = dict(_segments(pattern, ink.shape[1]))
    lines = [_points(line, ink) for line in _chained(follow)]
    return [thinned(line, tolerance) for line in lines if len(line) > 2]


def bent(outlines: Sequence[Outline], bend: Bend, *, step: float) -> list[Outline]:
    """Bend outlines, after putting points at most `step` pixels apart, so that lines can curve."""
    return [thinned(bend(_denser(outline, step)), 0.2) for outline in outlines]


def path_data(outlines: Sequence[Outline]) -> str:
    """Write outlines as the data of one SVG path."""
    return "".join(polygon(_as_points(outline)) for outline in outlines)


def thinned(line: Outline, tolerance: float) -> Outline:
    """Drop the points of a closed line that its neighbours' straight lines pass near enough."""
    if len(line) < 4:
        return line
    far = int(np.argmax(((line - line[0]) ** 2).sum(axis=1)))
    closed = np.vstack([line, line[:1]])
    kept = np.zeros(len(closed), dtype=np.bool_)
    kept[[0, far, -1]] = True
    spans = [(0, far), (far, len(closed) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        away = _distances(closed[first + 1 : last], closed[first], closed[last])
        widest = int(np.argmax(away))
        if away[widest] > tolerance:
            middle = first + 1 + widest
            kept[middle] = True
            spans += [(first, middle), (middle, last)]
    return closed[:-1][kept[:-1]]


def _segments(pattern: NDArray[np.int_], width: int) -> Iterator[tuple[int, int]]:
    """Give each piece of an outline as the edges that it enters and leaves a cell by.

    An edge has the number of the corner at its left or upper end, twice, plus 1 for the upright.
    """
    for kind in range(1, 15):
        rows, columns = np.nonzero(pattern == kind)
        corner = rows * width + columns
        edges = (2 * corner, 2 * corner + 3, 2 * (corner + width), 2 * corner + 1)
        for start, end in _CROSSINGS[kind]:
            yield from zip(edges[start].tolist(), edges[end].tolist(), strict=True)


def _chained(follow: dict[int, int]) -> Iterator[list[int]]:
    while follow:
        start, after = next(iter(follow.items()))
        line = [start]
        del follow[start]
        while after != start:
            line.append(after)
            after = follow.pop(after)
        yield line


def _points(edges: list[int], ink: NDArray[np.float64]) -> Outline:
    """Give where on each edge the ink is a half; the padding of one pixel is taken off again."""
    numbers = np.array(edges)
    upright = numbers % 2
    rows, columns = np.divmod(numbers // 2, ink.shape[1])
    here = ink[rows, columns]
    there = ink[rows + upright, columns + 1 - upright]
    share = (_HALF - here) / (there - here)
    # A pixel's shade stands for its middle: half a pixel on; the padding takes a whole one back.
    return np.stack([columns + share * (1 - upright) - 0.5, rows + share * upright - 0.5], axis=1)


def _distances(points: Outline, first: Outline, last: Outline) -> NDArray[np.float64]:
    along = last - first
    length = float(np.hypot(*along))
    if length < 1e-9:
        return np.hypot(*(points - first).T)
    off = points - first
    return np.abs(off[:, 0] * along[1] - off[:, 1] * along[0]) / length


def _denser(line: Outline, step: float) -> Outline:
    after = np.roll(line, -1, axis=0)
    counts = np.maximum(1, np.ceil(np.hypot(*(after - line).T) / step)).astype(np.intp)
    which = np.repeat(np.arange(len(line)), counts)
    starts = np.repeat(np.cumsum(counts) - counts, counts)
    share = (np.arange(len(which)) - starts) / counts[which]
    return line[which] + (after - line)[which] * share[:, None]


def _as_points(outline: Outline) -> list[Point]:
    return [(x, y) for x, y in outline.tolist()]
