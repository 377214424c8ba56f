"""Gives a head that was cut out of a close portrait the shoulders it stands on.

What stands out of a picture is the head; clothes reach the lower edge and look like ground.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from kaiga.engines.sketch.edits.fields import extent, pieces
from kaiga.engines.sketch.edits.hues import clusters, squared_distance
from kaiga.engines.sketch.edits.pictures import Mask, Pixels
from kaiga.engines.sketch.footage.likeness import find_likeliest
from kaiga.engines.sketch.footage.regions import Region

_CLOSE = 0.2
"""From this height on, per the picture's, a face is seen close."""
_SAME_COLOUR = 46.0
_STEP = 4


def with_shoulders(pixels: Pixels, alpha: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Give the soft mask of a figure, widened to its shoulders where it is a lone head."""
    height, width = alpha.shape
    bottom = extent(alpha > 127)[3]
    if not 0 < bottom < 0.94 * height:
        return alpha
    face = find_likeliest(pixels, _CLOSE)
    if face is None or not _is_head_of(face, alpha, bottom):
        return alpha
    body = _joined(_find_body(pixels, face, bottom), alpha[::_STEP, ::_STEP] > 127)
    soft = Image.fromarray(body.astype(np.uint8) * 255).filter(ImageFilter.MedianFilter(5))
    soft = soft.resize((width, height), Image.Resampling.BICUBIC)
    return np.maximum(alpha, np.asarray(soft))


def _joined(body: Mask, head: Mask) -> Mask:
    """Keep of the body what hangs together with the head."""
    named = pieces(body | head)
    return body & (named == np.bincount(named[head]).argmax())


def _is_head_of(face: Region, alpha: NDArray[np.uint8], bottom: int) -> bool:
    height, width = alpha.shape
    x, y = (round(part) for part in face.middle)
    inside = 0 <= x < width and 0 <= y < height and alpha[y, x] > 127
    close = face.height >= _CLOSE * height
    return bool(inside and close and bottom - face.bottom < 1.3 * face.height)


def _find_body(pixels: Pixels, face: Region, bottom: int) -> Mask:
    """Choose, on a quarter of the size, what has the clothes' colours where shoulders are."""
    small = pixels[::_STEP, ::_STEP].astype(np.float32)
    down, across = np.mgrid[0 : small.shape[0], 0 : small.shape[1]].astype(np.float32) * _STEP
    top = max(face.bottom, bottom - 0.15 * face.height)
    share = np.clip((down - top) / max(1.0, pixels.shape[0] - top), 0, 1)
    half = face.width * (0.42 + 1.5 * np.sqrt(share))
    aside = np.abs(across - face.middle[0])
    zone = (down >= top) & (aside < half)
    core = zone & (aside < 0.5 * half)
    if core.sum() < 8:
        return core
    colours, _ = clusters(small[core], 4, "shoulders")
    away = np.min([squared_distance(small, colour) for colour in colours], axis=0)
    return zone & (away < _SAME_COLOUR**2)
