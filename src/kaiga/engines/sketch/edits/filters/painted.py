"""Filters that look like a brush: oil, watercolour, picture book, pastel, ink."""

import numpy as np

from kaiga.engines.sketch.edits.fields import gauss, luma, slopes, smooth_noise, steepness, warped
from kaiga.engines.sketch.edits.filters.means import (
    colour_floats,
    contrast_stretched,
    kuwahara,
    outlines,
    paper_grain,
    saturated,
    tinted,
    toned,
    unit_of,
)
from kaiga.engines.sketch.edits.filters.strokes import brushed
from kaiga.engines.sketch.edits.pictures import Field, Pixels, to_floats, to_pixels

_PAPER = "#faf5e9"


def oil(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Lay brush strokes along the forms, large ones under small ones, with raised paint."""
    unit = unit_of(pixels)
    strokes = brushed(saturated(pixels, 1.16), noise, (unit * 2.0, unit * 1.0, unit * 0.5))
    right, down = slopes(gauss(luma(strokes), max(0.8, unit * 0.08)))
    relief = np.clip((right + down) * 1.4, -0.12, 0.12)
    return to_pixels(to_floats(strokes) + relief[..., None])


def watercolour(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Let pigments run into flat washes with dark rims on a paper that shows through."""
    unit = unit_of(pixels)
    height, width = pixels.shape[:2]
    reach = unit * 0.55
    drift = (smooth_noise(noise, width, height, unit * 4, 3) * reach for _ in range(2))
    washes = kuwahara(
        kuwahara(warped(pixels, *drift), round(unit * 0.5) + 1), round(unit * 0.35) + 1
    )
    floats = to_floats(tinted(saturated(washes, 0.95), _PAPER, 0.2))
    rims = np.clip(steepness(gauss(luma(washes), unit * 0.16)) * 7, 0, 0.32)
    pools = smooth_noise(noise, width, height, unit * 9, 4) * 0.09
    grain = paper_grain(noise, width, height, 1.6) * 0.035
    density = 1 - rims + pools + grain
    painted = 1 - (1 - floats) * (1 + (1 - density[..., None]) * 0.9)
    bare = _bare_edge(noise, width, height, unit)[..., None]
    return to_pixels(painted * (1 - bare) + (colour_floats(_PAPER) + grain[..., None] * 0.5) * bare)


def _bare_edge(noise: np.random.Generator, width: int, height: int, unit: float) -> Field:
    """Tell where paper is left unpainted: a wavering border."""
    rows = np.minimum(np.arange(height), np.arange(height)[::-1]).astype(np.float32)[:, None]
    columns = np.minimum(np.arange(width), np.arange(width)[::-1]).astype(np.float32)[None]
    away = np.minimum(rows, columns) / unit
    wavering = 1.6 + smooth_noise(noise, width, height, unit * 6, 3) * 1.5
    return np.clip((wavering - away) * 2.5, 0, 1)


def picture_book(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Draw with a loose pen and fill with light, warm washes."""
    unit = unit_of(pixels)
    height, width = pixels.shape[:2]
    washes = watercolour(saturated(tinted(pixels, "#ffd9a0", 0.1), 1.12), noise)
    sway = [smooth_noise(noise, width, height, unit * 3, 2) * unit * 0.22 for _ in range(2)]
    lines = outlines(warped(kuwahara(pixels, round(unit * 0.2) + 1), *sway), max(0.9, unit * 0.11))
    ink = lines * (0.75 + 0.25 * smooth_noise(noise, width, height, unit * 2))
    pen = np.clip(ink * 1.15, 0, 0.85)[..., None]
    return to_pixels(to_floats(washes) * (1 - pen) + colour_floats("#3b2f3a") * pen)


def pastel(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Rub soft chalk over rough paper in light, milky colours."""
    unit = unit_of(pixels)
    height, width = pixels.shape[:2]
    chalk = brushed(pixels, noise, (unit * 1.6, unit * 0.8), length=2.4)
    milky = to_floats(tinted(saturated(chalk, 0.95), "#fff0f3", 0.36))
    tooth = paper_grain(noise, width, height, 1.8)
    shown = np.clip(0.16 * np.maximum(tooth, 0) * 2.2, 0, 0.3)[..., None]
    return to_pixels(milky * (1 - shown) + colour_floats("#fffaf5") * shown)


def ink(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Wash with black ink on warm paper: greys that run, dark strokes, and a red that stays."""
    unit = unit_of(pixels)
    height, width = pixels.shape[:2]
    reach = unit * 0.7
    drift = [smooth_noise(noise, width, height, unit * 5, 3) * reach for _ in range(2)]
    run = kuwahara(warped(pixels, *drift), round(unit * 0.7) + 1)
    light = contrast_stretched(luma(run)) ** 0.62
    light = 0.72 * light + 0.28 * gauss(light, unit * 1.2)
    pools = smooth_noise(noise, width, height, unit * 7, 4)
    shade = np.clip(light + pools * 0.07 * (1 - light) * 2, 0, 1)
    lines = outlines(run, max(1.0, unit * 0.16))
    shade = np.clip(shade - lines * (0.45 + 0.2 * pools), 0, 1)
    painted = toned(shade, ("#1f2129", "#5b5c60", "#b3aea2", "#f3ecdb", "#f8f2e4"))
    floats = to_floats(run)
    red = floats[..., 0] - np.maximum(floats[..., 1], floats[..., 2])
    vermilion = np.clip((red - 0.3) * 4, 0, 0.85)[..., None]
    painted = painted * (1 - vermilion) + colour_floats("#c43a2c") * vermilion * (
        0.55 + 0.45 * shade[..., None]
    )
    return to_pixels(painted + paper_grain(noise, width, height, 1.6)[..., None] * 0.02)
