"""Filters that look like a pen or a pencil: pencil drawing, cartoon, woodblock, gold foil, neon."""

import numpy as np

from kaiga.engines.sketch.edits.fields import gauss, luma, slopes, smooth_noise, steepness
from kaiga.engines.sketch.edits.filters.means import (
    colour_floats,
    contrast_stretched,
    few_colours,
    kuwahara,
    outlines,
    paper_grain,
    saturated,
    stepped_light,
    tinted,
    toned,
    unit_of,
    vignette,
)
from kaiga.engines.sketch.edits.hues import to_lab
from kaiga.engines.sketch.edits.pictures import Field, Pixels, to_floats, to_pixels


def pencil(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Draw with graphite: outlines, and hatching that is denser where it is dark."""
    unit = unit_of(pixels)
    height, width = pixels.shape[:2]
    light = contrast_stretched(luma(kuwahara(pixels, round(unit * 0.2) + 1)))
    dodged = np.clip(light / np.maximum(gauss(light, unit * 0.9), 0.05), 0, 1)
    lines = outlines(pixels, max(0.8, unit * 0.09), 22)
    hatching = np.ones((height, width), dtype=np.float32)
    for turn, until in ((0.7, 0.72), (0.7, 0.5), (-0.6, 0.34), (0.05, 0.2)):
        strokes = _hatches(noise, width, height, turn + float(noise.normal(0, 0.05)), unit * 0.55)
        deep = np.clip((until - light) * 4, 0, 1)
        hatching -= strokes * deep * 0.3
    shade = np.clip(0.42 * dodged + 0.58 * hatching * (0.8 + 0.2 * light), 0, 1)
    tooth = paper_grain(noise, width, height, 1.5)
    shade = np.clip(shade - lines * 0.72 + tooth * 0.05 * (1.1 - shade), 0, 1)
    return to_pixels(toned(shade, ("#26262b", "#77767a", "#c9c7c4", "#fbfaf6")))


def _hatches(noise: np.random.Generator, width: int, height: int, turn: float, gap: float) -> Field:
    """Give parallel strokes that waver and end, 0 to 1."""
    rows = np.arange(height, dtype=np.float32)[:, None]
    columns = np.arange(width, dtype=np.float32)[None]
    across = rows * np.cos(turn) - columns * np.sin(turn)
    sway = smooth_noise(noise, width, height, gap * 14) * gap * 0.9
    wave = np.cos((across + sway) * (2 * np.pi / max(gap, 2.6)))
    pressure = 0.75 + 0.35 * smooth_noise(noise, width, height, gap * 5, 2)
    return np.clip(wave * 1.3 - 0.1, 0, 1) * pressure


def cartoon(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Paint clear flat colours in few steps of light, within firm dark outlines."""
    del noise
    unit = unit_of(pixels)
    flat = kuwahara(kuwahara(pixels, round(unit * 0.45) + 1), round(unit * 0.3) + 1)
    bright = saturated(stepped_light(flat, 6), 1.3)
    pen = outlines(kuwahara(pixels, round(unit * 0.2) + 1), max(1.0, unit * 0.14), 24)
    share = np.clip(pen * 1.25, 0, 0.92)[..., None]
    return to_pixels(to_floats(bright) * (1 - share) + colour_floats("#241f2e") * share)


def woodblock(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Print few aged colours from blocks of wood, with blue-black outlines."""
    unit = unit_of(pixels)
    height, width = pixels.shape[:2]
    seed = int(noise.integers(1 << 30))
    flat = few_colours(kuwahara(pixels, round(unit * 0.55) + 1), 11, "woodblock", seed)
    aged = to_floats(tinted(saturated(flat, 0.92), "#ecdcb9", 0.26))
    grain = _wood_grain(noise, width, height, unit)
    aged += grain[..., None] * 0.035
    lines = outlines(flat, max(1.0, unit * 0.17), 26)
    share = np.clip(lines * 1.2 * (0.9 + grain * 0.25), 0, 0.95)[..., None]
    return to_pixels(aged * (1 - share) + colour_floats("#28304c") * share)


def _wood_grain(noise: np.random.Generator, width: int, height: int, unit: float) -> Field:
    """Give the long level fibres of a printing block, -1 to 1."""
    rows = np.arange(height, dtype=np.float32)[:, None]
    sway = smooth_noise(noise, width, height, unit * 18, 2) * unit * 2.2
    fibres = np.sin((rows + sway) / (unit * 0.22))
    return (0.6 * fibres + 0.4 * smooth_noise(noise, width, height, 2)).astype(np.float32)


def gold_foil(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Emboss the forms into gold leaf over a dark ground."""
    unit = unit_of(pixels)
    height, width = pixels.shape[:2]
    flat = kuwahara(pixels, round(unit * 0.5) + 1)
    light = contrast_stretched(luma(flat))
    right, down = slopes(gauss(light, max(1.0, unit * 0.14)))
    leaf = smooth_noise(noise, width, height, unit * 3, 4)
    shine = 0.3 + 0.45 * light + (right + down) * 2.2 + leaf * 0.13
    gold = toned(shine, ("#241405", "#6e4410", "#b47c1f", "#e6b64a", "#fff1b8"))
    lines = outlines(flat, max(1.0, unit * 0.15), 24)
    share = np.clip(lines * 1.1, 0, 0.9)[..., None]
    floats = gold * (1 - share) + colour_floats("#1a0f06") * share
    hint = to_floats(saturated(flat, 1.2))
    return to_pixels(floats * 0.86 + floats * hint * 0.24)


def noir(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Photograph in black and white: hard light, dark corners, grain."""
    height, width = pixels.shape[:2]
    light = contrast_stretched(luma(pixels))
    curved = light * light * (3 - 2 * light)
    grain = noise.normal(0, 0.03, (height, width)).astype(np.float32)
    shade = np.clip(curved * vignette(height, width) + gauss(grain, 0.7), 0, 1)
    return to_pixels(toned(shade, ("#0a0a0c", "#77777b", "#f4f3f0")))


def neon(pixels: Pixels, noise: np.random.Generator) -> Pixels:
    """Let every edge glow like a tube in a dark violet night."""
    unit, height = unit_of(pixels), pixels.shape[0]
    flat = kuwahara(pixels, round(unit * 0.3) + 1)
    lab = to_lab(flat)
    edge = np.clip(steepness(gauss(lab[..., 0], max(0.8, unit * 0.1))) * 16, 0, 1)
    turn = np.arctan2(lab[..., 2], lab[..., 1]) / (2 * np.pi) + float(noise.uniform(0, 0.2))
    mood = 0.5 + 0.5 * np.sin((turn + lab[..., 0] * 0.8) * 2 * np.pi)
    tubes = toned(mood, ("#ff2fb0", "#b04bff", "#35d0ff", "#37ffc0"))
    glow = np.clip(edge + gauss(edge, unit * 0.5) * 1.6 + gauss(edge, unit * 2) * 1.3, 0, 1.4)
    dark = to_floats(saturated(flat, 1.35)) * np.array((0.4, 0.24, 0.5), dtype=np.float32)
    dark += colour_floats("#14062e") * 0.7
    lit = dark + tubes * glow[..., None] * 0.95 + (edge**2)[..., None] * 0.35
    rows = np.arange(height, dtype=np.float32)[:, None, None]
    lines = np.floor(rows / max(2, round(unit * 0.3))) % 2
    return to_pixels(lit * (1 - 0.09 * lines))
