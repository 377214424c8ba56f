"""Cuts the figure out of a given picture: by its transparency, else by its colours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from kaiga.engines.sketch.edits import standing
from kaiga.engines.sketch.edits.fields import box, extent, grown, pieces
from kaiga.engines.sketch.edits.hues import squared_distance
from kaiga.engines.sketch.edits.pictures import (
    Field,
    Floats,
    Layer,
    Mask,
    Pixels,
    fitting,
    open_layer,
)
from kaiga.engines.sketch.edits.subjects import find_subject
from kaiga.engines.sketch.footage.regions import Region, make_region
from kaiga.engines.sketch.footage.shoulders import with_shoulders
from kaiga.ports.engine import JobMedia

_WORK_SIDE = 224
"""Longer side in pixels at which figure and ground are told apart."""
_FINE_SIDE = 720
_PLAIN_SPREAD = 20.0
"""How far (of 441) the rim's colours may lie from a few centres to count as one plain ground."""
_MOST_BEFORE_PLAIN = 0.55
"""A figure that is larger than this share is rather a second ground inside the first."""
_MOST_SIDE = 1600
"""Longer side in pixels at which figures are cut out: as large as any frame shows them."""
_SEEN = 11
"""Alpha from which on a place belongs to the cut-out."""
_LEAST_SHARE, _MOST_SHARE = 0.015, 0.9
"""Shares of the picture between which a figure is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cutout:
    """A figure on nothing.

    `image` is RGBA, cropped to the figure; `place` is where it stood in its picture. `grounded`
    tells that it reached the picture's lower edge, so that it has no feet of its own.
    """

    image: Image.Image
    place: Region
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
    if alpha is not None:
        return _cropped(layer, alpha, own=True)
    pixels = np.ascontiguousarray(layer[..., :3])
    return _cropped(layer, with_shoulders(pixels, find_figure(pixels)), own=False)


def open_cutout(media: JobMedia) -> Cutout:
    """Open a given picture and cut its figure out; a larger picture is shrunk first.

    Raises:
        Refused: the file can't be decoded.
    """
    layer = open_layer(media)
    if max(layer.shape[:2]) > _MOST_SIDE:
        layer = fitting(layer, _MOST_SIDE, _MOST_SIDE)
    return cut_out(layer)


def find_figure(pixels: Pixels) -> NDArray[np.uint8]:
    """Give a soft mask of the figure in an opaque picture, 255 where it surely is.

    Before a plain ground it is what has other colours than the rim; else what stands out.
    """
    colours = np.asarray(_scaled(pixels, _WORK_SIDE).filter(ImageFilter.BoxBlur(1))).astype(
        np.float32
    )
    centres = _rim_colours(colours)
    away = _distance(colours, centres)
    spread = float(np.quantile(away[_rim(*away.shape)], 0.9))
    if spread <= _PLAIN_SPREAD:
        limit = max(26.0, spread * 1.8)
        mask = _figure_of(away > limit)
        if mask is not None and float(mask.mean()) < _MOST_BEFORE_PLAIN:
            return _sharpened(pixels, mask, centres, limit)
    subject = (find_subject(pixels) * 255).astype(np.uint8)
    likely = _figure_of(_likely(colours))
    if likely is None or not _is_part(subject, likely):
        return subject
    blur = max(pixels.shape[:2]) / _WORK_SIDE * 0.9
    return np.asarray(soft_edges(likely, pixels.shape[1], pixels.shape[0], blur))


def soft_edges(mask: Mask, width: int, height: int, blur: float) -> Image.Image:
    """Give a mask at a size as grey, with an edge about `blur` pixels wide."""
    image = Image.fromarray(mask.astype(np.uint8) * 255)
    share = image.width / width
    if share >= 1.0:
        image = image.resize((width, height), Image.Resampling.BOX)
        return image.filter(ImageFilter.GaussianBlur(blur)) if blur > 0 else image
    # Blurred while small: enlarging softens it anyway.
    if blur * share > 0.3:
        image = image.filter(ImageFilter.GaussianBlur(blur * share))
    return image.resize((width, height), Image.Resampling.BICUBIC)


def _own_alpha(layer: Layer) -> NDArray[np.uint8] | None:
    alpha = layer[..., 3]
    seen = float((alpha >= 128).mean())
    return alpha if 0.001 < seen < 0.99 else None


def _is_part(subject: NDArray[np.uint8], likely: Mask) -> bool:
    """Tell whether what stands out is but a part of what the colours say, as a head of a robot."""
    found, colours = float((subject > 127).mean()), float(likely.mean())
    return found < 0.45 * colours < 0.45 * 0.5


def _cropped(layer: Layer, alpha: NDArray[np.uint8], *, own: bool) -> Cutout:
    height, width = alpha.shape
    left, top, right, bottom = extent(alpha > _SEEN)
    if right == left:
        left, top, right, bottom = 0, 0, width, height
        alpha = np.full_like(alpha, 255)
    if own:
        part = layer[top:bottom, left:right]
    else:
        # The rim takes the figure's own colours, so that no ground clings to it.
        shares = np.where(alpha > _SEEN, alpha, 0).astype(np.float32) / 255
        part = standing.cut_out(np.ascontiguousarray(layer[..., :3]), shares)
    return Cutout(
        image=Image.fromarray(np.ascontiguousarray(part)),
        place=make_region((left, top, right, bottom)),
        grounded=bottom >= height - max(2, height // 100),
    )


def _scaled(pixels: Pixels, side: int) -> Image.Image:
    image = Image.fromarray(pixels)
    share = min(1.0, side / max(image.size))
    size = max(8, round(image.width * share)), max(8, round(image.height * share))
    return image.resize(size, Image.Resampling.BOX)


def _rim(height: int, width: int) -> Mask:
    """Choose the rim where the ground is expected: top and sides; below stands the figure."""
    wide = max(1, round(min(height, width) * 0.03))
    mask = np.zeros((height, width), np.bool_)
    mask[:wide] = True
    mask[: round(height * 0.8), :wide] = True
    mask[: round(height * 0.8), -wide:] = True
    return mask


def _rim_colours(colours: Floats) -> Floats:
    """Give up to four colours of the rim, the most different ones, each the mean of its kin."""
    rim = colours[_rim(*colours.shape[:2])]
    found = [np.median(rim, axis=0)]
    for _ in range(3):
        away = np.min([np.square(rim - each).sum(axis=1) for each in found], axis=0)
        found.append(rim[int(away.argmax())])
    centres = np.array(found, np.float32)
    for _ in range(6):
        nearest = np.square(rim[:, None] - centres).sum(axis=2).argmin(axis=1)
        # A kind that few places of the rim have is the figure reaching over it, not the ground.
        kept = [
            rim[nearest == kind].mean(axis=0)
            for kind in range(len(centres))
            if (nearest == kind).sum() >= max(1, 0.04 * len(rim))
        ]
        centres = np.array(kept, np.float32)
    return centres


def _distance(colours: Floats, centres: Floats) -> Field:
    """Give each place's distance to the nearest centre, and to the lines between the centres.

    The lines stand for grounds that shade from one colour into another.
    """
    best = np.full(colours.shape[:2], np.inf, np.float32)
    for index, first in enumerate(centres):
        best = np.minimum(best, squared_distance(colours, first))
        for second in centres[index + 1 :]:
            line = second - first
            long = float(line @ line)
            if not 1.0 < long < 90.0**2:
                continue
            along = np.clip(((colours - first) @ line) / long, 0, 1)
            off = colours - first - along[..., None] * line
            best = np.minimum(best, np.square(off).sum(axis=2))
    return np.sqrt(best)


def _figure_of(mask: Mask) -> Mask | None:
    """Give the part of a mask that is the figure, whole; None if none is believable."""
    height, width = mask.shape
    down, across = np.mgrid[0:height, 0:width]
    central = 1.2 - np.hypot(across / width - 0.5, (down / height - 0.55) * 0.8)
    named = pieces(grown(mask, 1))
    weights = np.bincount(named.ravel(), central.ravel())
    weights[0] = 0
    if not weights.any():
        return None
    part = _whole(named == int(weights.argmax()))
    part &= grown(part, -1) | mask
    return part if _LEAST_SHARE < float(part.mean()) < _MOST_SHARE else None


def _whole(mask: Mask) -> Mask:
    """Choose also the places that are shut in by chosen ones."""
    named = pieces(np.pad(~mask, 1, constant_values=True))
    return (named != named[0, 0])[1:-1, 1:-1]


def _likely(colours: Floats) -> Mask:
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
    return box(odds.astype(np.float32), 2) > 0


def _histogram(keys: NDArray[np.int64], weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give how much of the weight each colour has, spread a little to the colours beside it."""
    counts = np.bincount(keys.ravel(), weight.ravel(), 12**3).reshape(12, 12, 12)
    for axis in range(3):
        padded = np.concatenate(
            [counts.take([0], axis), counts, counts.take([-1], axis)], axis=axis
        )
        beside = padded.take(range(12), axis) + padded.take(range(2, 14), axis)
        counts = 0.25 * beside + 0.5 * counts
    return (counts / max(float(counts.sum()), 1e-9)).ravel()


def _sharpened(pixels: Pixels, mask: Mask, centres: Floats, limit: float) -> NDArray[np.uint8]:
    """Follow the colours' own edge around a mask that was found in a small copy."""
    height, width = pixels.shape[:2]
    fine = _scaled(pixels, _FINE_SIDE)
    away = _distance(np.asarray(fine).astype(np.float32), centres)
    near = np.asarray(soft_edges(grown(mask, 2), *fine.size, 0)) > 127
    sure = np.asarray(soft_edges(grown(mask, -3), *fine.size, 0)) > 127
    soft = np.clip((away - limit * 0.5) / (limit * 0.6), 0, 1) * near
    alpha = np.where(sure, 1.0, soft)
    image = Image.fromarray((alpha * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(0.7))
    return np.asarray(image.resize((width, height), Image.Resampling.BILINEAR))
