"""Filters that look like a camera or a computer's toys: photograph, soft plastic."""

import numpy as np
from PIL import Image, ImageFilter

from kaiga.engines.sketch.edits.fields import gauss, luma, slopes
from kaiga.engines.sketch.edits.filters.means import kuwahara, saturated, unit_of, vignette
from kaiga.engines.sketch.edits.pictures import Pixels, mixed, to_floats, to_pixels


def photograph(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Look through a lens: sharp in the middle height, soft above and below, with grain."""
    unit = unit_of(pixels)
    height, width = pixels.shape[:2]
    soft = np.array(Image.fromarray(pixels).filter(ImageFilter.GaussianBlur(unit * 0.7)))
    rows = np.arange(height, dtype=np.float32)[:, None] / height
    away = np.clip(np.abs(rows - 0.58) * 2.6 - 0.35, 0, 1) * np.ones((1, width), dtype=np.float32)
    floats = to_floats(mixed(pixels, soft, away))
    glow = gauss(np.clip(luma(pixels) - 0.7, 0, 1), unit * 3)[..., None] * 0.5
    curved = floats * floats * (3 - 2 * floats) * 0.5 + floats * 0.5
    grain = gauss(noise.normal(0, 0.03, (height, width)).astype(np.float32), 0.6)[..., None]
    return to_pixels((curved + glow) * vignette(height, width)[..., None] + grain)


def toy(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Model everything of smooth bright plastic, lit from the upper left."""
    unit = unit_of(pixels)
    flat = saturated(kuwahara(kuwahara(pixels, round(unit * 0.35) + 1), 2), 1.22)
    light = luma(flat)
    shade = np.zeros_like(light)
    for reach in (0.35, 0.9, 2.0):
        right, down = slopes(gauss(light, unit * reach))
        shade += np.clip((right * 0.7 + down) * unit * reach * 0.9, -0.12, 0.12)
    shine = np.clip(shade * 4 - 0.55 + float(noise.normal(0, 0.01)), 0, 0.45)
    return to_pixels(to_floats(flat) * (1 + shade * 1.3)[..., None] + shine[..., None] * 0.5)
