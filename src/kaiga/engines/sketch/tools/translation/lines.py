"""Finds what may be lines of text: rows of strokes that are lighter or darker than around them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kaiga.engines.sketch.edits.fields import box, luma
from kaiga.engines.sketch.edits.pictures import Field, Pixels
from kaiga.engines.sketch.judging.boxes import Box
from kaiga.engines.sketch.tools.translation.strokes import boxes_of

WORKING_SIDE = 1100
"""The longer side, in pixels, of the picture in which lines are looked for."""
WINDOWS = (1 / 60, 1 / 22, 1 / 9)
"""How far around a place is looked to tell its ground, in shares of the longer side."""
CONTRAST = 0.16
"""How much darker or lighter a stroke is than its ground at least, 0 to 1."""
LEAST_HEIGHT = 7
LONGEST = 45
"""A line is at most so many times longer than it is high."""
MOST_HEIGHT_SHARE = 0.92
MOST_PIECES = 3000
"""A picture with more pieces than this is a texture, and the small ones are left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What may be a line of text, in the pixels of the picture it was looked for in.

    `ink` tells how much of each place of `box` is stroke, 0 to 1. `dark` tells that the strokes
    are darker than their ground.
    """

    box: Box
    ink: Field
    dark: bool


def find_lines(pixels: Pixels) -> Sequence[Line]:
    """Give all rows of strokes, also such as are no text; reading tells them apart.

    The same text may be found more than once, with strokes of another extent.
    """
    light = luma(pixels)
    lines: list[Line] = []
    for window in WINDOWS:
        reach = max(4, round(max(light.shape) * window))
        off = light - box(light, reach)
        for dark in (True, False):
            signed = -off if dark else off
            lines += _lines(signed, light, dark=dark, tallest=reach * 2.2)
    return lines


def _lines(signed: Field, light: Field, *, dark: bool, tallest: float) -> list[Line]:
    boxes = boxes_of(signed > CONTRAST * 0.55, least=3, most=MOST_PIECES)
    height, width = signed.shape
    most = min(tallest, height * MOST_HEIGHT_SHARE)
    usable = [each for each in boxes if each.height <= most and each.width <= most * 2.5]
    rows = _rows(usable)
    return [
        Line(box=row, ink=_ink(row, light, dark=dark), dark=dark)
        for row in rows
        if row.height >= LEAST_HEIGHT and row.width < min(0.999 * width, row.height * LONGEST)
    ]


def _rows(boxes: Sequence[Box]) -> list[Box]:
    """Join boxes that stand beside each other at one height, from left to right."""
    rows: list[Box] = []
    rows += [each for each in boxes if max(each.height, each.width) >= LEAST_HEIGHT]
    joined = True
    while joined:
        rows, joined = _joined_once(rows)
    small = [each for each in boxes if each.height < LEAST_HEIGHT * 2]
    return [_with_small(row, small) for row in rows]


def _joined_once(rows: list[Box]) -> tuple[list[Box], bool]:
    result: list[Box] = []
    changed = False
    for row in sorted(rows):
        for index, other in enumerate(result):
            if _are_one_line(other, row):
                result[index] = _around(other, row)
                changed = True
                break
        else:
            result.append(row)
    return result, changed


def _are_one_line(first: Box, second: Box) -> bool:
    tall = max(first.height, second.height)
    low = min(first.height, second.height)
    shared = min(first.bottom, second.bottom) - max(first.top, second.top)
    gap = max(first.left, second.left) - min(first.right, second.right)
    alike = low > 0.3 * tall or min(first.width, second.width) > 0.35 * tall
    return shared > 0.55 * low and alike and gap < 0.75 * tall


def _with_small(row: Box, small: Sequence[Box]) -> Box:
    """Take in dots and accents right above and full stops right behind."""
    for each in small:
        across = (
            each.left >= row.left - row.height * 0.2 and each.right <= row.right + row.height * 0.3
        )
        near = (
            each.top >= row.top - row.height * 0.45
            and each.bottom <= row.bottom + row.height * 0.25
        )
        if across and near:
            row = _around(row, each)
    return row


def _around(first: Box, second: Box) -> Box:
    return Box(
        min(first.left, second.left),
        min(first.top, second.top),
        max(first.right, second.right),
        max(first.bottom, second.bottom),
    )


def _ink(row: Box, light: Field, *, dark: bool) -> Field:
    """Tell how much of each place of a row is stroke, by its lightness between ground and ink."""
    part = light[row.top : row.bottom, row.left : row.right]
    part = -part if dark else part
    ground, ink = np.percentile(part, 35), np.percentile(part, 97)
    return np.clip((part - ground) / max(float(ink - ground), 0.02), 0, 1).astype(np.float32)
