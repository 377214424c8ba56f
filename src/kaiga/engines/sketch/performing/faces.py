"""Finds the face of a picture and its features: by OpenCV where installed, by skin, by proportion.

Nothing is recognised here: a face is a place with eyes and a mouth to move.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from kaiga.engines.sketch.edits.pictures import Pixels
from kaiga.engines.sketch.footage.regions import Box, find_box, largest_part

_CASCADE = "haarcascade_frontalface_alt2.xml"
_DETECT_SIDE = 420
"""Longer side in pixels at which faces are looked for."""
_GUESS_SIDE = 190
"""Shorter side in pixels at which squares are compared with a face."""
_LEAST_LIKENESS = 0.04
_SKIN_BLUE, _SKIN_RED = (77, 127), (133, 173)
"""Chroma (of 255, YCbCr) between which skin of every shade lies, as is widely used."""

# Where features lie in the box of a face, as shares of its sides; the box begins at the brows and
# ends at the chin, as cascades draw it.
_EYE_HEIGHT, _MOUTH_HEIGHT = 0.41, 0.79
_EYE_ASIDE = 0.22
_DETAILED = ((0.18, 0.32, 0.44, 0.52), (0.56, 0.32, 0.82, 0.52), (0.32, 0.72, 0.68, 0.88))
_SMOOTH = (
    (0.2, 0.56, 0.38, 0.7), (0.62, 0.56, 0.8, 0.7), (0.4, 0.06, 0.6, 0.2), (0.44, 0.36, 0.56, 0.5),
    (0.36, 0.91, 0.64, 0.99),
)  # fmt: skip
"""Left, top, right and bottom of eyes and mouth, and of cheeks, forehead, the nose's root
and the chin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A face in a picture, in pixels.

    `skin` is the colour of its cheeks. Eyes are the boxes of their whole openings.
    """

    box: Box
    mouth: Box
    left_eye: Box
    right_eye: Box
    skin: tuple[int, int, int]

    @property
    def eyes(self) -> tuple[Box, Box]:
        """Both eyes, the left one of the picture first."""
        return self.left_eye, self.right_eye


def find_face(pixels: Pixels, told: Box | None = None) -> Face:
    """Give the face at the box that was told, else the largest one, else the likeliest place."""
    box = told or next(iter(list_faces(pixels)), None)
    if box is None:
        return find_features(pixels, guess_face(pixels))
    return find_features(pixels, align_face(pixels, box))


def list_faces(pixels: Pixels) -> list[Box]:
    """Give the faces that OpenCV's cascade finds, largest first; none where it isn't installed."""
    cascade = _load_cascade()
    if cascade is None:
        return []
    height, width = pixels.shape[:2]
    share = min(1.0, _DETECT_SIDE / max(height, width))
    size = max(24, round(width * share)), max(24, round(height * share))
    grey = np.asarray(Image.fromarray(pixels).convert("L").resize(size))
    found: Sequence[Sequence[int]] = cascade.detectMultiScale(grey, 1.1, 4)
    boxes = [
        Box(left=x, top=y, right=x + w, bottom=y + h).scaled(width / size[0], height / size[1])
        for x, y, w, h in found
    ]
    return sorted(boxes, key=lambda box: (-box.width, box.left, box.top))


def guess_face(pixels: Pixels) -> Box:
    """Give the likeliest place of a face, and the upper middle where nothing looks like one."""
    found = _find_likeliest(pixels, 0.075)
    if found is not None:
        return found
    height, width = pixels.shape[:2]
    x, y, half = width / 2, height * 0.42, min(width, height) * 0.2
    return Box(left=x - half, top=y - half, right=x + half, bottom=y + half)


def align_face(pixels: Pixels, box: Box) -> Box:
    """Give the square in and around a box that looks most like a face, else the box itself.

    Boxes from elsewhere may be drawn wider or lie askew; eyes and mouth must be where they belong.
    """
    left, top, right, bottom = box.grown(0.25).inside(pixels.shape[1], pixels.shape[0])
    found = _find_likeliest(pixels[top:bottom, left:right], 0.4)
    return box if found is None else found.moved(left, top)


def find_features(pixels: Pixels, box: Box) -> Face:
    """Find eyes and mouth in the box of a face: near where they belong, where it is least skin."""
    skin = _skin_colour(pixels, box)
    x, w, h = box.middle[0], box.width, box.height
    mouth = _seek(
        pixels,
        skin,
        Box(
            left=x - 0.26 * w, right=x + 0.26 * w, top=box.top + 0.68 * h, bottom=box.top + 0.94 * h
        ),
        usual=(0.36 * w, 0.1 * h, _MOUTH_HEIGHT * h + box.top),
    )
    eyes = [
        _seek(
            pixels,
            skin,
            Box(
                left=x + (side * _EYE_ASIDE - 0.2) * w,
                right=x + (side * _EYE_ASIDE + 0.2) * w,
                top=box.top + 0.29 * h,
                bottom=box.top + 0.56 * h,
            ),
            usual=(0.2 * w, 0.12 * h, _EYE_HEIGHT * h + box.top),
        )
        for side in (-1, 1)
    ]
    return Face(box=box, mouth=mouth, left_eye=eyes[0], right_eye=eyes[1], skin=skin)


def _find_likeliest(pixels: Pixels, least_share: float) -> Box | None:
    """Find the square that looks most like a face: eyes' and mouth's detail on one smooth colour.

    Its side is at least this share of the picture's shorter one.
    """
    height, width = pixels.shape[:2]
    share = min(1.0, _GUESS_SIDE / min(height, width))
    size = max(24, round(width * share)), max(24, round(height * share))
    signs = _read_signs(Image.fromarray(pixels).resize(size, Image.Resampling.BOX))
    short = min(size)
    best, found = _LEAST_LIKENESS, None
    for side in np.unique(np.rint(np.geomspace(least_share, 0.8, 16) * short).astype(int)):
        likeness = _likeness(signs, int(side)) * (side / short) ** 0.15
        place = int(likeness.argmax())
        if likeness.flat[place] > best:
            best = float(likeness.flat[place])
            top, left = divmod(place, likeness.shape[1])
            found = Box(left=left, top=top, right=left + int(side), bottom=top + int(side))
    return None if found is None else found.scaled(width / size[0], height / size[1])


@lru_cache(maxsize=1)
def _load_cascade() -> Any:
    """Load OpenCV's cascade; None where the optional package is not installed."""
    try:
        cv2: Any = import_module("cv2")
    except ImportError:
        return None
    return cv2.CascadeClassifier(cv2.data.haarcascades + _CASCADE)


def _detail(small: Image.Image) -> NDArray[np.float64]:
    """Give how much the lightness changes around each place, 0 to 1."""
    grey = np.asarray(small.convert("L")).astype(np.float64)
    down, across = np.gradient(grey)
    return np.clip(np.hypot(down, across) / 48, 0, 1)


def _skin(small: Image.Image) -> NDArray[np.float64]:
    """Give 1 where the colour may be skin."""
    chroma = np.asarray(small.convert("YCbCr"))
    blue, red = chroma[..., 1], chroma[..., 2]
    found = (blue >= _SKIN_BLUE[0]) & (blue <= _SKIN_BLUE[1])
    return (found & (red >= _SKIN_RED[0]) & (red <= _SKIN_RED[1])).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signs:
    """What tells a face, as sums from the upper left corner: detail, skin, lightness, chroma."""

    detail: NDArray[np.float64]
    skin: NDArray[np.float64]
    planes: tuple[NDArray[np.float64], ...]


def _read_signs(small: Image.Image) -> _Signs:
    planes = np.asarray(small.convert("YCbCr")).astype(np.float64)
    return _Signs(
        detail=_integral(_detail(small)),
        skin=_integral(_skin(small)),
        planes=tuple(_integral(planes[..., index]) for index in range(3)),
    )


def _integral(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.pad(values.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))


def _likeness(signs: "_Signs", side: int) -> NDArray[np.float64]:
    """Tell for every place of a square of this side how much it looks like a face."""
    left_eye, right_eye, mouth = (_means(signs.detail, side, part) for part in _DETAILED)
    rich = np.minimum(np.minimum(left_eye, right_eye), mouth)
    uneven = np.abs(left_eye - right_eye)
    busy = np.max([_means(signs.detail, side, part) for part in _SMOOTH], axis=0)
    covered = np.mean([_means(signs.skin, side, part) for part in _SMOOTH], axis=0)
    shades = [
        np.ptp([_means(plane, side, part) for part in _SMOOTH], axis=0) for plane in signs.planes
    ]
    one_colour = np.exp(-np.square(np.max(shades, axis=0) / 36))
    return (rich - 0.7 * busy - 0.5 * uneven) * (0.3 + 0.7 * covered) * one_colour


def _means(sums: NDArray[np.float64], side: int, part: tuple[float, ...]) -> NDArray[np.float64]:
    """Give the mean over a part of a square, for every place of the square."""
    left, top, right, bottom = (round(share * side) for share in part)
    right, bottom = max(right, left + 1), max(bottom, top + 1)
    rows, columns = sums.shape[0] - side, sums.shape[1] - side
    lower, upper = sums[bottom : bottom + rows], sums[top : top + rows]
    total = lower[:, right : right + columns] - lower[:, left : left + columns]
    total = total - upper[:, right : right + columns] + upper[:, left : left + columns]
    return total / ((right - left) * (bottom - top))


def _skin_colour(pixels: Pixels, box: Box) -> tuple[int, int, int]:
    """Give the median colour between eyes and mouth."""
    x, w, h = box.middle[0], box.width, box.height
    cheeks = Box(
        left=x - 0.28 * w, right=x + 0.28 * w, top=box.top + 0.54 * h, bottom=box.top + 0.68 * h
    )
    left, top, right, bottom = cheeks.inside(pixels.shape[1], pixels.shape[0])
    red, green, blue = np.median(pixels[top:bottom, left:right].reshape(-1, 3), axis=0)
    return int(red), int(green), int(blue)


def _seek(
    pixels: Pixels, skin: tuple[int, int, int], window: Box, usual: tuple[float, float, float]
) -> Box:
    """Give the box of what differs from skin in a window; by proportion where nothing does."""
    wide, tall, y = usual
    x = window.middle[0]
    plain = Box(left=x - wide / 2, top=y - tall / 2, right=x + wide / 2, bottom=y + tall / 2)
    left, top, right, bottom = window.inside(pixels.shape[1], pixels.shape[0])
    part = pixels[top:bottom, left:right].astype(np.float64)
    away = np.sqrt(np.square(part - np.array(skin)).sum(axis=2))
    limit = max(48.0, 0.45 * float(np.quantile(away, 0.98)))
    chosen = largest_part(_shrunk(away > limit)) if away.size > 64 else away > limit
    found = find_box(chosen)
    if found is None:
        return plain
    scale = (right - left) / chosen.shape[1]
    found = found.scaled(scale).moved(left, top)
    likely = 0.35 * wide < found.width < 1.7 * wide and 0.12 * tall < found.height < 2.4 * tall
    return found if likely else plain


def _shrunk(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Give a mask at no more than about 80 pixels of width, which is enough to find a box."""
    step = max(1, mask.shape[1] // 80)
    rows, columns = mask.shape[0] // step * step, mask.shape[1] // step * step
    blocks = mask[:rows, :columns].reshape(rows // step, step, columns // step, step)
    return blocks.mean(axis=(1, 3)) > 0.4
