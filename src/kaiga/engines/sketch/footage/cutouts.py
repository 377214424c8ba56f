"""Cuts the figure out of a given picture: by its transparency, else by its colours.

There is no recognition in it: the ground is what looks like the picture's edges, and the figure is
the largest part that does not.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from kaiga.engines.sketch.edits.pictures import Field, Layer, Mask, Pixels
from kaiga.engines.sketch.footage.regions import (
    Box,
    averaged,
    dilated,
    find_box,
    largest_part,
    soft_edges,
    without_holes,
)

_WORK_SIDE = 224
"""Longer side in pixels at which figure and ground are told apart."""
_FINE_SIDE = 720
_PLAIN_SPREAD = 20.0
"""How far (of 441) the edges' colours may lie from a few centres to count as one plain ground."""
_LEAST_SHARE, _MOST_SHARE = 0.015, 0.9
"""Shares of the picture between which a figure is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutout:
    """A figure on nothing.

    `image` is RGBA, cropped to the figure; `box` is where it stood in its picture. `grounded`
    tells that it reached the picture's lower edge, so that it has no feet of its own.
    """

    image: Image.Image
    box: Box
    grounded: bool

    @property
    def aspect(self) -> float:
        """Width per height."""
        return self.image.width / self.image.height


def cut_out(layer: Layer) -> Cutout:
    """Cut the figure out of a picture with or without transparency.

    Where no figure can be told, it is an upright oval in the middle.
    """
    alpha = _own_alpha(layer)
    if alpha is None:
        alpha = find_figure(layer[..., :3])
    return _cropped(layer, alpha)


def find_figure(pixels: Pixels) -> NDArray[np.uint8]:
    """Give a soft mask of the figure in an opaque picture, 255 where it surely is."""
    height, width = pixels.shape[:2]
    small = _scaled(pixels, _WORK_SIDE)
    colours = np.asarray(small.filter(ImageFilter.BoxBlur(1))).astype(np.float32)
    centres = _edge_colours(colours)
    away = _distance(colours, centres)
    spread = float(np.quantile(away[_edges(*away.shape)], 0.9))
    if spread <= _PLAIN_SPREAD:
        limit = max(26.0, spread * 1.8)
        mask = _figure_of(away > limit)
        if mask is not None:
            return _sharpened(pixels, mask, centres, limit)
    mask = _figure_of(_likely(colours))
    if mask is None:
        mask = _oval(*away.shape)
    blur = max(width, height) / _WORK_SIDE * 0.9
    return np.asarray(soft_edges(mask, width, height, blur))


def _own_alpha(layer: Layer) -> NDArray[np.uint8] | None:
    alpha = layer[..., 3]
    seen = float((alpha >= 128).mean())
    return alpha if 0.001 < seen < 0.99 else None


def _cropped(layer: Layer, alpha: NDArray[np.uint8]) -> Cutout:
    height, width = alpha.shape
    box = find_box(alpha > 8)
    if box is None:
        box, alpha = Box(left=0, top=0, right=width, bottom=height), np.full_like(alpha, 255)
    left, top, right, bottom = box.inside(width, height)
    part = np.dstack([layer[top:bottom, left:right, :3], alpha[top:bottom, left:right]])
    return Cutout(
        image=Image.fromarray(part), box=box, grounded=bottom >= height - max(2, height // 100)
    )


def _scaled(pixels: Pixels, side: int) -> Image.Image:
    image = Image.fromarray(pixels)
    share = min(1.0, side / max(image.size))
    size = max(8, round(image.width * share)), max(8, round(image.height * share))
    return image.resize(size, Image.Resampling.BOX)


def _edges(height: int, width: int) -> Mask:
    """Choose the rim where the ground is expected: top and sides; below stands the figure."""
    rim = max(1, round(min(height, width) * 0.03))
    mask = np.zeros((height, width), np.bool_)
    mask[:rim] = True
    mask[: round(height * 0.8), :rim] = True
    mask[: round(height * 0.8), -rim:] = True
    return mask


def _edge_colours(colours: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give up to four colours of the rim, the most different ones, each the mean of its kin."""
    rim = colours[_edges(*colours.shape[:2])]
    centres = [np.median(rim, axis=0)]
    for _ in range(3):
        away = np.min([np.square(rim - each).sum(axis=1) for each in centres], axis=0)
        centres.append(rim[int(away.argmax())])
    found = np.array(centres, np.float32)
    for _ in range(6):
        nearest = np.square(rim[:, None] - found).sum(axis=2).argmin(axis=1)
        # A kind that few places of the rim have is the figure reaching over it, not the ground.
        kept = [
            rim[nearest == kind].mean(axis=0)
            for kind in range(len(found))
            if (nearest == kind).sum() >= max(1, 0.04 * len(rim))
        ]
        found = np.array(kept, np.float32)
    return found


def _distance(colours: NDArray[np.float32], centres: NDArray[np.float32]) -> Field:
    """Give each place's distance to the nearest centre, and to the lines between the centres.

    The lines stand for grounds that shade from one colour into another.
    """
    best = np.full(colours.shape[:2], np.inf, np.float32)
    for index, first in enumerate(centres):
        best = np.minimum(best, np.square(colours - first).sum(axis=2))
        for second in centres[index + 1 :]:
            line = second - first
            long = float(line @ line)
            if not 1.0 < long < 90.0**2:
                continue
            along = np.clip(((colours - first) @ line) / long, 0, 1)
            best = np.minimum(
                best, np.square(colours - first - along[..., None] * line).sum(axis=2)
            )
    return np.sqrt(best)


def _figure_of(mask: Mask) -> Mask | None:
    """Give the part of a mask that is the figure, whole; None if none is believable."""
    height, width = mask.shape
    down, across = np.mgrid[0:height, 0:width]
    central = 1.2 - np.hypot(across / width - 0.5, (down / height - 0.55) * 0.8)
    part = without_holes(largest_part(dilated(mask, 1), central.astype(np.float64)))
    part &= ~dilated(~part, 1) | mask
    return part if _LEAST_SHARE < float(part.mean()) < _MOST_SHARE else None


def _likely(colours: NDArray[np.float32]) -> Mask:
    """Choose the places whose colour is more at home in the middle than at the edges."""
    height, width = colours.shape[:2]
    bins = (colours / 256 * 12).astype(np.int64)
    keys = (bins[..., 0] * 12 + bins[..., 1]) * 12 + bins[..., 2]
    down, across = np.mgrid[0:height, 0:width]
    x, y = across / width - 0.5, down / height - 0.55
    middle = np.exp(-np.square(x / 0.16) - np.square(y / 0.32))
    sides = (np.abs(x) > 0.28) | (y < -0.36)
    # Below may stand the ground or the figure's own shoulders, so it counts little.
    rim = np.where(sides, 1.0, np.where(y > 0.4, 0.35, 0.0))
    inside = _histogram(keys, middle)
    outside = _histogram(keys, rim)
    odds = np.log((inside[keys] + 1e-5) / (outside[keys] + 1e-5)) + 1.6 * middle - 0.9
    return averaged(odds, 2) > 0


def _histogram(keys: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give how much of the weight each colour has, spread a little to the colours beside it."""
    counts = np.bincount(keys.ravel(), weight.ravel(), 12**3).reshape(12, 12, 12)
    for axis in range(3):
        padded = np.concatenate(
            [counts.take([0], axis), counts, counts.take([-1], axis)], axis=axis
        )
        counts = (
            0.25 * padded.take(range(12), axis)
            + 0.5 * counts
            + 0.25 * padded.take(range(2, 14), axis)
        )
    return (counts / max(float(counts.sum()), 1e-9)).ravel()


def _sharpened(
    pixels: Pixels, mask: Mask, centres: NDArray[np.float32], limit: float
) -> NDArray[np.uint8]:
    """Follow the colours' own edge around a mask that was found in a small copy."""
    height, width = pixels.shape[:2]
    fine = _scaled(pixels, _FINE_SIDE)
    away = _distance(np.asarray(fine).astype(np.float32), centres)
    near = np.asarray(soft_edges(dilated(mask, 2), *fine.size, 0)) > 127
    sure = np.asarray(soft_edges(~dilated(~mask, 3), *fine.size, 0)) > 127
    soft = np.clip((away - limit * 0.5) / (limit * 0.6), 0, 1) * near
    alpha = np.where(sure, 1.0, soft)
    image = Image.fromarray((alpha * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.7))
    return np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))


def _oval(height: int, width: int) -> Mask:
    down, across = np.mgrid[0:height, 0:width]
    x, y = across / width - 0.5, down / height - 0.56
    return np.square(x / 0.26) + np.square(y / 0.4) < 1
