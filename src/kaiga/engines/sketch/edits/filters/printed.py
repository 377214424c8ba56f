"""Filters of flat shapes: pixels, cut paper, poster, flat design."""

import numpy as np
from PIL import Image

from kaiga.engines.sketch.edits.fields import gauss, luma, smooth_noise
from kaiga.engines.sketch.edits.filters.means import (
    colour_floats,
    contrast_stretched,
    few_colours,
    kuwahara,
    moved,
    paper_grain,
    saturated,
    tinted,
    unit_of,
)
from kaiga.engines.sketch.edits.hues import clusters, from_lab, nearest, to_lab
from kaiga.engines.sketch.edits.pictures import Floats, Pixels, resized, to_floats, to_pixels

COARSE_SIDE = 128
"""Coarse pixels along the longer side, as in the painter's own pixel style."""


def pixel(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Show the picture as an old game would: coarse pixels in few colours."""
    height, width = pixels.shape[:2]
    share = COARSE_SIDE / max(height, width)
    small = resized(pixels, max(1, round(width * share)), max(1, round(height * share)))
    seed = int(noise.integers(1 << 30))
    coarse = few_colours(saturated(small, 1.15), 24, "pixel", seed)
    image = Image.fromarray(coarse).resize((width, height), Image.Resampling.NEAREST)
    return np.array(image)


def paper_cut(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Stack sheets of coloured paper, lighter ones deeper, each throwing a shadow."""
    unit = unit_of(pixels)
    height, width = pixels.shape[:2]
    lab = to_lab(kuwahara(kuwahara(pixels, round(unit * 0.5) + 1), round(unit * 0.4) + 1))
    step = max(1, round((height * width / 16_000) ** 0.5))
    centres, _ = clusters(lab[::step, ::step], 12, "papercut", int(noise.integers(1 << 30)))
    centres = centres[np.argsort(-centres[:, 0], kind="stable")]
    group = nearest(lab, centres)
    smooth = np.rint(gauss(group.astype(np.float32), unit * 0.16)).astype(np.intp)
    sheets = to_floats(tinted(saturated(from_lab(centres)[smooth], 1.05), "#fff6e8", 0.12))
    away = max(1, round(unit * 0.4))
    height_of = smooth.astype(np.float32)
    over = moved(height_of, -away, -away)
    shadow = np.clip(gauss(np.clip(over - height_of, 0, 1.5), unit * 0.3) * 0.34, 0, 0.42)
    rim = np.clip(height_of - moved(height_of, -1, -1), 0, 1) * 0.16
    fibres = paper_grain(noise, width, height, 2) * 0.025
    return to_pixels(sheets * (1 - shadow[..., None]) + (rim + fibres)[..., None])


def poster(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Print in few strong inks on warm paper, with a screen of dots in the shades."""
    unit = unit_of(pixels)
    seed = int(noise.integers(1 << 30))
    flat = few_colours(kuwahara(saturated(pixels, 1.4), round(unit * 0.6) + 1), 7, "poster", seed)
    inks = to_floats(tinted(flat, "#f3dcae", 0.12))
    light = contrast_stretched(gauss(luma(pixels), unit * 0.35))
    dots = _dots(pixels.shape[0], pixels.shape[1], max(4.0, unit * 0.95))
    shade = np.clip((0.62 - light) * 1.5, 0, 0.9)
    printed = np.clip((shade - dots) * 9, 0, 1)[..., None] * 0.34
    return to_pixels(inks * (1 - printed) + colour_floats("#2a1a4a") * printed)


def _dots(height: int, width: int, gap: float) -> Floats:
    """Give a screen turned by 30 degrees: 0 in the middle of a dot, 1 between dots."""
    rows = np.arange(height, dtype=np.float32)[:, None]
    columns = np.arange(width, dtype=np.float32)[None]
    first = np.cos((rows * 0.866 - columns * 0.5) * (2 * np.pi / gap))
    second = np.cos((rows * 0.5 + columns * 0.866) * (2 * np.pi / gap))
    return 0.5 - (first + second) / 4


def minimal(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Leave only large soft shapes in a handful of quiet colours."""
    unit = unit_of(pixels)
    height, width = pixels.shape[:2]
    seed = int(noise.integers(1 << 30))
    calm = kuwahara(kuwahara(pixels, round(unit * 1.3) + 1), round(unit * 0.9) + 1)
    flat = to_floats(tinted(saturated(few_colours(calm, 8, "minimal", seed), 0.8), "#f5efe6", 0.2))
    sheen = smooth_noise(noise, width, height, unit * 60)[..., None] * 0.02
    soft = np.stack([gauss(flat[..., c], unit * 0.12) for c in range(3)], axis=2)
    return to_pixels(soft + sheen)
