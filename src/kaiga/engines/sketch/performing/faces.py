"""Finds the face of a picture and its features: by what was told, by cascades, by likeness.

Nobody is recognised here: a face is a place with eyes and a mouth to move.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.edits.fields import extent, pieces
from kaiga.engines.sketch.edits.hues import squared_distance
from kaiga.engines.sketch.edits.pictures import Pixels
from kaiga.engines.sketch.footage.likeness import find_likeliest
from kaiga.engines.sketch.footage.regions import Region, make_region
from kaiga.engines.sketch.judging.faces import find_faces

# Where features lie in the box of a face, as shares of its sides; the box begins at the brows and
# ends at the chin, as cascades draw it.
_EYE_HEIGHT, _MOUTH_HEIGHT = 0.41, 0.79
_EYE_ASIDE = 0.22
_SMALLEST = 0.075
"""Side of the smallest face that is guessed, per the picture's shorter side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """A face in a picture, in pixels.

    `skin` is the colour of its cheeks. Eyes are the boxes of their whole openings.
    """

    box: Region
    mouth: Region
    left_eye: Region
    right_eye: Region
    skin: tuple[int, int, int]

    @property
    def eyes(self) -> tuple[Region, Region]:
        """Both eyes, the left one of the picture first."""
        return self.left_eye, self.right_eye


def find_face(pixels: Pixels, told: Region | None = None) -> Face:
    """Give the face at the box that was told, else the largest one, else the likeliest place."""
    box = told or next(iter(list_faces(pixels)), None)
    if box is None:
        return find_features(pixels, guess_face(pixels))
    return find_features(pixels, align_face(pixels, box))


def list_faces(pixels: Pixels) -> list[Region]:
    """Give the faces that cascades find, largest first; none where OpenCV is not installed."""
    found = find_faces(pixels) or ()
    return [make_region((face.left, face.top, face.right, face.bottom)) for face in found]


def guess_face(pixels: Pixels) -> Region:
    """Give the likeliest place of a face, and the upper middle where nothing looks like one."""
    found = find_likeliest(pixels, _SMALLEST)
    if found is not None:
        return found
    height, width = pixels.shape[:2]
    x, y, half = width / 2, height * 0.42, min(width, height) * 0.2
    return Region(left=x - half, top=y - half, right=x + half, bottom=y + half)


def align_face(pixels: Pixels, box: Region) -> Region:
    """Give the square in and around a box that looks most like a face, else the box itself.

    Boxes from elsewhere may be drawn wider or lie askew; eyes and mouth must be where they belong.
    """
    left, top, right, bottom = box.grown(0.25).inside(pixels.shape[1], pixels.shape[0])
    found = find_likeliest(pixels[top:bottom, left:right], 0.28)
    return box if found is None else found.moved(left, top)


def find_features(pixels: Pixels, box: Region) -> Face:
    """Find eyes and mouth in the box of a face: near where they belong, where it is least skin."""
    skin = _skin_colour(pixels, box)
    x, w, h = box.middle[0], box.width, box.height
    mouth = _seek(
        pixels,
        skin,
        Region(
            left=x - 0.26 * w, right=x + 0.26 * w, top=box.top + 0.68 * h, bottom=box.top + 0.94 * h
        ),
        usual=(0.36 * w, 0.1 * h, _MOUTH_HEIGHT * h + box.top),
    )
    eyes = [
        _seek(
            pixels,
            skin,
            Region(
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


def _skin_colour(pixels: Pixels, box: Region) -> tuple[int, int, int]:
    """Give the median colour between eyes and mouth."""
    x, w, h = box.middle[0], box.width, box.height
    cheeks = Region(
        left=x - 0.28 * w, right=x + 0.28 * w, top=box.top + 0.54 * h, bottom=box.top + 0.68 * h
    )
    left, top, right, bottom = cheeks.inside(pixels.shape[1], pixels.shape[0])
    red, green, blue = np.median(pixels[top:bottom, left:right].reshape(-1, 3), axis=0)
    return int(red), int(green), int(blue)


def _seek(
    pixels: Pixels, skin: tuple[int, int, int], window: Region, usual: tuple[float, float, float]
) -> Region:
    """Give the box of what differs from skin in a window; by proportion where nothing does."""
    wide, tall, y = usual
    x = window.middle[0]
    plain = Region(left=x - wide / 2, top=y - tall / 2, right=x + wide / 2, bottom=y + tall / 2)
    left, top, right, bottom = window.inside(pixels.shape[1], pixels.shape[0])
    part = pixels[top:bottom, left:right].astype(np.float64)
    away = np.sqrt(squared_distance(part, np.array(skin)))
    limit = max(48.0, 0.45 * float(np.quantile(away, 0.98)))
    chosen = pieces(_shrunk(away > limit)) == 1
    if not chosen.any():
        return plain
    scale = (right - left) / chosen.shape[1]
    found = make_region(extent(chosen)).scaled(scale).moved(left, top)
    likely = 0.35 * wide < found.width < 1.7 * wide and 0.12 * tall < found.height < 2.4 * tall
    return found if likely else plain


def _shrunk(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Give a mask at no more than about 80 pixels of width, which is enough to find a box."""
    step = max(1, mask.shape[1] // 80)
    rows, columns = mask.shape[0] // step * step, mask.shape[1] // step * step
    blocks = mask[:rows, :columns].reshape(rows // step, step, columns // step, step)
    return blocks.mean(axis=(1, 3)) > 0.4
