"""Lays set text over pictures: in one colour, with a rim or a shadow where it needs one."""

import numpy as np
from PIL import Image, ImageFilter

from kaiga.engines.sketch.colours import Rgb
from kaiga.engines.sketch.edits.pictures import Field, Layer, Pixels, mixed
from kaiga.engines.sketch.lettering.typesetting import Coverage


def as_layer(coverage: Coverage, colour: Rgb) -> Layer:
    """Give ink of one colour on nothing."""
    layer = np.empty((*coverage.shape, 4), dtype=np.uint8)
    layer[..., :3] = np.rint(colour).astype(np.uint8)
    layer[..., 3] = coverage
    return layer


def written(
    pixels: Pixels, coverage: Coverage, colour: Rgb, *, shadow: Rgb | None = None, reach: float = 0
) -> Pixels:
    """Write ink of the picture's size; a `shadow` colour spreads softly `reach` pixels around."""
    if shadow is not None:
        spread = Image.fromarray(coverage).filter(ImageFilter.GaussianBlur(reach / 2))
        around = np.clip(_field(np.array(spread)) * 1.8, 0, 0.75)
        pixels = mixed(pixels, _plain(pixels, shadow), around)
    return mixed(pixels, _plain(pixels, colour), _field(coverage))


def _field(coverage: Coverage) -> Field:
    return coverage.astype(np.float32) / np.float32(255)


def _plain(pixels: Pixels, colour: Rgb) -> Pixels:
    return np.broadcast_to(np.rint(colour).astype(np.uint8), pixels.shape)
