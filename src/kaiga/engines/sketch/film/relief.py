"""Guesses what is near in a flat picture, so that it can be moved as if it had depth."""

import numpy as np
from PIL import Image, ImageFilter

from kaiga.engines.sketch.film.frames import Frame
from kaiga.engines.sketch.film.stretching import Plane, make_grid

_GUESS_WIDTH = 96
"""Guessing looks at a picture this wide: depth is to change slowly, or the picture would tear."""


def guess_relief(picture: Frame) -> Plane:
    """Give how near each place is, 0 to 1, changing slowly from place to place.

    What is low in the picture counts as near, and so does what stands out in its middle.
    """
    odd = _find_odd(picture)
    down = np.linspace(0, 1, len(odd), dtype=np.float32)[:, None]
    low = np.clip((down - 0.25) / 0.75, 0, 1) ** 1.3
    return _widened(np.maximum(0.75 * low, odd), picture.shape[1], picture.shape[0])


def guess_subject(picture: Frame) -> Plane:
    """Give how surely each place belongs to the subject, 0 to 1, with soft edges.

    The subject is what differs from the picture's border, the more so the nearer to the middle.
    """
    return _widened(_find_odd(picture), picture.shape[1], picture.shape[0])


def find_middle(plane: Plane) -> tuple[float, float]:
    """Give the middle of what a plane marks, in shares of its width and height."""
    height, width = plane.shape
    grid_x, grid_y = make_grid(width, height)
    weight: Plane = np.square(plane)
    total = max(float(weight.sum()), 1e-6)
    x = (float((weight * grid_x).sum()) / total + 0.5) / width
    y = (float((weight * grid_y).sum()) / total + 0.5) / height
    return x, y


def _find_odd(picture: Frame) -> Plane:
    height, width = picture.shape[:2]
    tall = max(8, round(_GUESS_WIDTH * height / width))
    small = Image.fromarray(picture).resize((_GUESS_WIDTH, tall), Image.Resampling.BOX)
    colours = np.asarray(small, np.float32)
    edge = max(1, tall // 12)
    border = np.concatenate([
        colours[:edge].reshape(-1, 3), colours[:, :edge].reshape(-1, 3),
        colours[:, -edge:].reshape(-1, 3),
    ])  # fmt: skip
    odd = np.abs(colours - np.median(border, axis=0)).mean(axis=2)
    odd = np.clip(odd / max(float(np.percentile(odd, 92)), 8.0), 0, 1)
    x = np.linspace(-1, 1, _GUESS_WIDTH, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, tall, dtype=np.float32)[:, None]
    middle = np.exp(-((x / 0.55) ** 2 + ((y - 0.1) / 0.7) ** 2))
    return np.asarray((0.35 + 0.65 * odd) * middle, np.float32)


def _widened(plane: Plane, width: int, height: int) -> Plane:
    image = Image.fromarray(np.rint(np.clip(plane, 0, 1) * 255).astype(np.uint8))
    soft = image.filter(ImageFilter.GaussianBlur(_GUESS_WIDTH / 24))
    return np.asarray(soft.resize((width, height), Image.Resampling.BICUBIC), np.float32) / 255
