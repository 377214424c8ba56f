"""Brush strokes that follow the forms of a picture (after Hertzmann 1998)."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from kaiga.engines.sketch.colours import to_hex
from kaiga.engines.sketch.edits.fields import gauss, luma, slopes
from kaiga.engines.sketch.edits.painting import render
from kaiga.engines.sketch.edits.pictures import Field, Pixels, laid_over
from kaiga.engines.sketch.shapes import number

_MOST_STROKES = 5200
"""How many strokes of one size are drawn at most; each costs some 15 microseconds."""


def brushed(
    pixels: Pixels,
    noise: np.random.Generator,
    sizes: tuple[float, ...],
    *,
    length: float = 3.2,
) -> Pixels:
    """Paint a picture again with strokes of these widths in pixels, the largest first.

    Smaller strokes go only where the larger ones have missed something. `length` is a stroke's
    per its width.
    """
    canvas = np.array(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(sizes[0])))
    turn = _directions(pixels)
    for place, size in enumerate(sizes):
        wanted = np.array(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(size * 0.3)))
        missed = np.abs(wanted.astype(np.int16) - canvas).sum(axis=2).astype(np.float32)
        missed = gauss(missed, max(1.0, size * 0.5))
        rows, columns = _spots(missed, noise, size, everywhere=place == 0)
        if not len(rows):
            continue
        canvas = _drawn(canvas, wanted, turn, (rows, columns), noise, size, length)
    return canvas


def _spots(
    missed: Field, noise: np.random.Generator, size: float, *, everywhere: bool
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Choose where strokes begin: on a shaken grid, where there is enough to correct."""
    height, width = missed.shape
    step = max(2.0, size * 0.8)
    down, across = -(-height // step), -(-width // step)
    grid = np.indices((int(down), int(across)), dtype=np.float32).reshape(2, -1)
    rows, columns = (grid + noise.uniform(0, 1, grid.shape)) * step
    at_row = np.clip(np.rint(rows), 0, height - 1).astype(np.intp)
    at_column = np.clip(np.rint(columns), 0, width - 1).astype(np.intp)
    need = missed[at_row, at_column]
    chosen = np.arange(len(need)) if everywhere else np.flatnonzero(need > 26)
    if len(chosen) > _MOST_STROKES:
        ranked = chosen[np.argsort(-need[chosen], kind="stable")]
        chosen = np.sort(ranked[:_MOST_STROKES])
    chosen = noise.permutation(chosen)
    return at_row[chosen], at_column[chosen]


def _directions(pixels: Pixels) -> Field:
    """Tell in which direction forms run, as an angle: across the slope of the light."""
    right, down = slopes(gauss(luma(pixels), 1.5))
    reach = max(2.0, min(pixels.shape[:2]) / 90)
    along = gauss(right * right - down * down, reach)
    across = gauss(2 * right * down, reach)
    return np.arctan2(across, along) / 2 + np.pi / 2


def _drawn(
    canvas: Pixels,
    colours: Pixels,
    turn: Field,
    spots: tuple[NDArray[np.intp], NDArray[np.intp]],
    noise: np.random.Generator,
    size: float,
    length: float,
) -> Pixels:
    rows, columns = spots
    height, width = canvas.shape[:2]
    angles = turn[rows, columns] + noise.normal(0, 0.12, len(rows))
    bends = noise.normal(0, 0.25, len(rows))
    halves = size * length / 2 * noise.uniform(0.7, 1.2, len(rows))
    light = noise.normal(0, 7, (len(rows), 1))
    paints = np.clip(colours[rows, columns] + light, 0, 255)
    parts: list[str] = []
    for row, column, angle, bend, half, paint in zip(
        rows.tolist(),
        columns.tolist(),
        angles.tolist(),
        bends.tolist(),
        halves.tolist(),
        paints.tolist(),
        strict=True,
    ):
        right, down = float(np.cos(angle)) * half, float(np.sin(angle)) * half
        over = (column - down * bend * 2, row + right * bend * 2)
        parts.append(
            f'<path d="M{number(column - right)} {number(row - down)}'
            f"Q{number(over[0])} {number(over[1])} {number(column + right)} {number(row + down)}"
            f'" stroke="{to_hex((paint[0], paint[1], paint[2]))}"/>'
        )
    document = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">'
        f'<g fill="none" stroke-width="{number(size)}" stroke-linecap="round"'
        f' stroke-opacity="0.92">{"".join(parts)}</g></svg>'
    )
    return laid_over(canvas, render(document), 0, 0)
