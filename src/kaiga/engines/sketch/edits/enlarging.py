"""Enlarges pictures by whole factors, with edges as sharp as the new size allows.

The work goes strip by strip, so that it needs little more memory than the result.
"""

import numpy as np
from PIL import Image, ImageFilter

from kaiga.engines.sketch.edits.pictures import Floats, Pixels

_STRIP_PIXELS = 4_000_000
_OVERLAP = 8
"""Source rows that neighbouring strips share, so that no seam is seen."""
_STRENGTH = 1.1
_ROOM = 0.03
"""How far beyond its neighbours' range a pixel may be sharpened, so that no halo appears."""


def enlarged(pixels: Pixels, factor: int, strength: float = 1.0) -> Pixels:
    """Give a picture `factor` times as large; `strength` scales the sharpening, 1 is usual."""
    height, width = pixels.shape[:2]
    result = np.empty((height * factor, width * factor, 3), dtype=np.uint8)
    rows = max(16, _STRIP_PIXELS // (width * factor * factor))
    for start in range(0, height, rows):
        end = min(height, start + rows)
        first, last = max(0, start - _OVERLAP), min(height, end + _OVERLAP)
        strip = _enlarged_strip(pixels[first:last], factor, strength)
        offset = (start - first) * factor
        result[start * factor : end * factor] = strip[offset : offset + (end - start) * factor]
    return result


def _enlarged_strip(pixels: Pixels, factor: int, strength: float) -> Pixels:
    height, width = pixels.shape[0] * factor, pixels.shape[1] * factor
    image = Image.fromarray(pixels)
    large = np.array(image.resize((width, height), Image.Resampling.LANCZOS)).astype(np.float32)
    large += _missing(pixels, large, width, height)
    whole = Image.fromarray(np.clip(np.rint(large), 0, 255).astype(np.uint8))
    soft = np.array(whole.filter(ImageFilter.GaussianBlur(0.55 * factor + 0.2)))
    sharp = large + (large - soft) * (_STRENGTH * strength)
    low, high = _range(pixels, width, height)
    return np.rint(np.clip(sharp, low, high)).astype(np.uint8)


def _missing(pixels: Pixels, large: Floats, width: int, height: int) -> Floats:
    """Give what the enlarged picture lacks to shrink back to the given one."""
    clipped = np.clip(np.rint(large), 0, 255).astype(np.uint8)
    back = Image.fromarray(clipped).resize(pixels.shape[1::-1], Image.Resampling.BOX)
    apart = pixels.astype(np.float32) - np.array(back)
    channels = [
        np.array(
            Image.fromarray(np.ascontiguousarray(apart[..., c])).resize(
                (width, height), Image.Resampling.BICUBIC
            )
        )
        for c in range(3)
    ]
    return np.stack(channels, axis=2)


def _range(pixels: Pixels, width: int, height: int) -> tuple[Floats, Floats]:
    """Give the darkest and lightest of each place's neighbourhood, with a little room."""
    wide = np.pad(pixels, ((1, 1), (1, 1), (0, 0)), mode="edge")
    tall, across = pixels.shape[:2]
    around = [wide[r : r + tall, c : c + across] for r in range(3) for c in range(3)]
    low, high = np.minimum.reduce(around), np.maximum.reduce(around)
    size = (width, height)
    darkest = np.array(Image.fromarray(low).resize(size, Image.Resampling.BILINEAR))
    lightest = np.array(Image.fromarray(high).resize(size, Image.Resampling.BILINEAR))
    room = 255 * _ROOM
    return darkest.astype(np.float32) - room, np.minimum(lightest.astype(np.float32) + room, 255)
