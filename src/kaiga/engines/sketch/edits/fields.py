"""Sums over whole pictures: blurs, edges, noise, growing and joining of chosen places.

Fields are height by width; radii and sigmas are in pixels. Everything past an edge counts as the
nearest place inside.
"""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kaiga.engines.sketch.edits.pictures import Field, Floats, Mask, Pixels
from kaiga.engines.sketch.randomness import make_random

_Array = TypeVar("_Array", Field, Mask)
LUMA = np.array([0.2126, 0.7152, 0.0722], dtype=np.float32)
"""Rec. 709 weights, as in colours.py."""


def make_noise(*parts: str | int) -> np.random.Generator:
    """Give a source of numbers, the same for the same parts anywhere."""
    return np.random.default_rng(make_random(*parts).getrandbits(64))


def luma(pixels: Pixels) -> Field:
    """Tell how light each place looks, 0 to 1."""
    return pixels.astype(np.float32) @ LUMA / 255


def box(values: Field, radius: int) -> Field:
    """Average over squares of side 2 * radius + 1; channels stay apart."""
    if radius < 1:
        return values
    for axis in (0, 1):
        values = _slid(values, radius, axis)
    return values


def _slid(values: Field, radius: int, axis: int) -> Field:
    around = [(0, 0)] * values.ndim
    around[axis] = (radius + 1, radius)
    sums = np.cumsum(np.pad(values, around, mode="edge"), axis=axis, dtype=np.float64)
    width = 2 * radius + 1
    if axis == 0:
        means = (sums[width:] - sums[:-width]) / width
    else:
        means = (sums[:, width:] - sums[:, :-width]) / width
    return means.astype(np.float32)


def gauss(values: Field, sigma: float) -> Field:
    """Blur softly; wide blurs are made on a smaller picture, which looks the same."""
    if sigma <= 0.3:
        return values
    if sigma < 4:
        return _weighted(values, sigma)
    if values.ndim == 3:
        return np.stack([gauss(values[..., c], sigma) for c in range(values.shape[2])], axis=2)
    height, width = values.shape
    step = int(sigma / 2)
    small = scaled(values, max(1, -(-width // step)), max(1, -(-height // step)))
    soft = Image.fromarray(np.ascontiguousarray(_weighted(small, sigma / step), dtype=np.float32))
    return np.array(soft.resize((width, height), Image.Resampling.BICUBIC))


def _weighted(values: Field, sigma: float) -> Field:
    reach = max(1, round(sigma * 2.5))
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / sigma) ** 2)
    weights /= weights.sum()
    for axis in (0, 1):
        around = [(0, 0)] * values.ndim
        around[axis] = (reach, reach)
        wide = np.pad(values, around, mode="edge")
        total = np.zeros_like(values)
        for step, weight in enumerate(weights.tolist()):
            part = wide[step : step + values.shape[0]] if axis == 0 else (
                wide[:, step : step + values.shape[1]]
            )  # fmt: skip
            total += part * weight
        values = total
    return values


def scaled(field: Field, width: int, height: int) -> Field:
    """Bring a field to another size."""
    if field.shape == (height, width):
        return field
    way = Image.Resampling.BOX if width < field.shape[1] else Image.Resampling.BILINEAR
    image = Image.fromarray(np.ascontiguousarray(field, dtype=np.float32))
    return np.array(image.resize((width, height), way))


def slopes(field: Field) -> tuple[Field, Field]:
    """Tell how a field rises to the right and downwards (Sobel's weights, per pixel)."""
    wide = np.pad(field, 1, mode="edge")
    down = wide[:-2] + 2 * wide[1:-1] + wide[2:]
    across = wide[:, :-2] + 2 * wide[:, 1:-1] + wide[:, 2:]
    return (down[:, 2:] - down[:, :-2]) / 8, (across[2:] - across[:-2]) / 8


def steepness(field: Field) -> Field:
    """Tell how fast a field changes, in any direction."""
    right, down = slopes(field)
    return np.hypot(right, down)


def grown(mask: Mask, radius: int) -> Mask:
    """Widen chosen places by `radius` in every direction; below 0 narrow them."""
    if radius < 0:
        return ~widest(~mask, -radius)
    return widest(mask, radius) if radius else mask


def widest(values: _Array, reach: int) -> _Array:
    """Give every place the largest value in the square of side 2 * reach + 1 around it."""
    for axis in (0, 1):
        done = 0
        while done < reach:
            step = min(done + 1, reach - done)
            before, after = _apart(step, axis)
            higher = values.copy()
            np.maximum(values[after], values[before], out=higher[after])
            np.maximum(higher[before], values[after], out=higher[before])
            values, done = higher, done + step
    return values


def _apart(step: int, axis: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """Give the places that have one `step` after them on an axis, and those that are there."""
    first, last = slice(None, -step), slice(step, None)
    return ((first,), (last,)) if axis == 0 else ((slice(None), first), (slice(None), last))


def softened(mask: Mask, radius: float) -> Field:
    """Give chosen places a soft rim of about `radius` within and without."""
    return gauss(mask.astype(np.float32), radius / 2)


def guided(field: Field, guide: Field, radius: int, strictness: float = 1e-3) -> Field:
    """Smooth a field so that its edges follow those of `guide` (the guided filter of He et al.)."""
    mean_guide, mean_field = box(guide, radius), box(field, radius)
    spread = box(guide * guide, radius) - mean_guide * mean_guide
    shared = box(guide * field, radius) - mean_guide * mean_field
    slope = shared / (spread + strictness)
    offset = mean_field - slope * mean_guide
    return box(slope, radius) * guide + box(offset, radius)


def smooth_noise(
    noise: np.random.Generator, width: int, height: int, cell: float, octaves: int = 1
) -> Field:
    """Give soft random hills about `cell` pixels wide, from -1 to 1; more octaves add detail."""
    total = np.zeros((height, width), dtype=np.float32)
    weight, weights = 1.0, 0.0
    for _ in range(octaves):
        across, down = max(2, round(width / cell) + 1), max(2, round(height / cell) + 1)
        coarse = noise.uniform(-1, 1, (down, across)).astype(np.float32)
        image = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
        total += np.array(image) * weight
        weights += weight
        weight, cell = weight / 2, max(cell / 2, 1.0)
    return np.clip(total / weights, -1, 1)


def gathered(pixels: Pixels, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> Pixels:
    """Take pixels from other places; places outside count as the nearest edge."""
    height, width = pixels.shape[:2]
    return pixels[np.clip(rows, 0, height - 1), np.clip(columns, 0, width - 1)]


def warped(pixels: Pixels, right: Field, down: Field) -> Pixels:
    """Take every pixel from (`right`, `down`) pixels away."""
    height, width = pixels.shape[:2]
    rows, columns = np.indices((height, width), dtype=np.float32)
    return gathered(
        pixels, np.rint(rows + down).astype(np.intp), np.rint(columns + right).astype(np.intp)
    )


def pieces(mask: Mask) -> NDArray[np.int32]:
    """Number the connected pieces of a mask from 1, the largest first; 0 is outside.

    Neighbours to the side and at the corners are connected.
    """
    height, width = mask.shape
    outside = height * width
    names = np.where(mask, np.arange(outside, dtype=np.int32).reshape(height, width), outside)
    while True:
        least = np.where(mask, _least_around(names, outside), outside)
        roots = np.append(least.ravel(), outside)
        jumped = roots.take(roots.take(least))
        if np.array_equal(jumped, names):
            break
        names = jumped
    sizes = np.bincount(names.ravel(), minlength=outside + 1)
    sizes[outside] = 0
    found = np.flatnonzero(sizes)
    ranks = np.zeros(outside + 1, dtype=np.int32)
    ranks[found[np.argsort(-sizes[found], kind="stable")]] = np.arange(1, len(found) + 1)
    return ranks.take(names)


def _least_around(names: NDArray[np.int32], outside: int) -> NDArray[np.int32]:
    """Give the least of each place and its eight neighbours."""
    wide = np.pad(names, 1, constant_values=outside)
    across = np.minimum(np.minimum(wide[:, :-2], wide[:, 1:-1]), wide[:, 2:])
    return np.minimum(np.minimum(across[:-2], across[1:-1]), across[2:])


def extent(mask: Mask) -> tuple[int, int, int, int]:
    """Give the box (left, top, right, bottom) around what is chosen; zeros where nothing is."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not rows.size:
        return (0, 0, 0, 0)
    return (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)


def shares(floats: Floats, level: Field) -> Floats:
    """Multiply every channel by a field."""
    return floats * level[..., None]
