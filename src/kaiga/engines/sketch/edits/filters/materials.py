"""Makes a chosen thing of another stuff: ice, cloud, lantern silk, wood, porcelain, plush, ..."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from kaiga.engines.sketch.edits.fields import gauss, luma, slopes, smooth_noise, warped
from kaiga.engines.sketch.edits.filters.means import (
    kuwahara,
    outlines,
    saturated,
    toned,
    unit_of,
)
from kaiga.engines.sketch.edits.pictures import Field, Floats, Pixels, to_floats, to_pixels

Stuff = Callable[[Pixels, Field, np.random.Generator], Pixels]


def _light_inside(pixels: Pixels, share: Field) -> Field:
    """Give the lightness of what is chosen, spread over the whole range."""
    light = luma(pixels)
    inside = light[share > 0.5]
    if not inside.size:
        return light
    low, high = (float(value) for value in np.percentile(inside, (3, 97)))
    return np.clip((light - low) / max(high - low, 0.12), 0, 1)


def _roundness(share: Field, unit: float) -> tuple[Field, Field]:
    """Give how a chosen thing bulges: its inner height from 0 to 1, and how it is lit, -1 to 1."""
    height = np.clip(gauss(share, unit * 1.6) * 2 - 1, 0, 1)
    right, down = slopes(gauss(share, unit * 1.2))
    lit = np.clip(-(right * 0.7 + down) * unit * 4, -1, 1)
    return height, -lit


def _rows_columns(pixels: Pixels) -> tuple[Field, Field]:
    height, width = pixels.shape[:2]
    return (
        np.arange(height, dtype=np.float32)[:, None],
        np.arange(width, dtype=np.float32)[None],
    )


def ice(pixels: Pixels, share: Field, noise: np.random.Generator) -> Pixels:
    """Carve it of ice: clear blue, with facets, cracks and bright rims."""
    unit = unit_of(pixels)
    height, width = pixels.shape[:2]
    sway = [
        np.rint(smooth_noise(noise, width, height, unit * 3) * 2) * unit * 0.7 for _ in range(2)
    ]
    light = _light_inside(warped(kuwahara(pixels, round(unit * 0.4) + 1), *sway), share)
    inner, lit = _roundness(share, unit)
    cracks = 1 - np.abs(smooth_noise(noise, width, height, unit * 5, 3))
    cracks = np.clip((cracks - 0.95) * 20, 0, 1)
    shade = 0.25 + 0.5 * light + 0.3 * lit + 0.25 * (1 - inner) + 0.22 * cracks
    return to_pixels(toned(shade, ("#1d4f86", "#5aa6d8", "#a9dcf2", "#e6f7fd", "#ffffff")))


def cloud(pixels: Pixels, share: Field, noise: np.random.Generator) -> Pixels:
    """Puff it up of white cloud with blue-grey hollows."""
    unit = unit_of(pixels)
    height, width = pixels.shape[:2]
    light = gauss(_light_inside(pixels, share), unit * 0.5)
    _, lit = _roundness(share, unit)
    puffs = np.abs(smooth_noise(noise, width, height, unit * 5, 4))
    shade = 0.5 + 0.22 * light + 0.4 * (0.45 - puffs) + 0.28 * lit
    return to_pixels(toned(shade, ("#8fa3bd", "#b9c8da", "#e4ecf4", "#ffffff", "#ffffff")))


def lantern(pixels: Pixels, share: Field, noise: np.random.Generator) -> Pixels:
    """Sew it of silk over ribs, with a warm light inside."""
    unit = unit_of(pixels)
    light = _light_inside(kuwahara(pixels, round(unit * 0.3) + 1), share)
    inner, _ = _roundness(share, unit * 2)
    _, columns = _rows_columns(pixels)
    ribs = np.abs(np.sin((columns + gauss(light, unit * 2) * unit * 3) * (np.pi / (unit * 2.2))))
    glow = 0.2 + 0.35 * light + 0.38 * inner + float(noise.normal(0, 0.02))
    silk = toned(glow, ("#4a0d12", "#b3201f", "#f0642a", "#ffc45c", "#fff2c0"))
    hint = to_floats(saturated(pixels, 1.5)) * 0.3
    frame = np.clip(1.1 - ribs * 9, 0, 0.75)[..., None]
    return to_pixels((silk * 0.85 + hint * glow[..., None]) * (1 - frame) + frame * 0.12)


def wood(pixels: Pixels, share: Field, noise: np.random.Generator) -> Pixels:
    """Carve it of wood: rings and fibres, forms cut in as grooves."""
    unit = unit_of(pixels)
    height, width = pixels.shape[:2]
    flat = kuwahara(pixels, round(unit * 0.4) + 1)
    light = _light_inside(flat, share)
    rows, columns = _rows_columns(pixels)
    sway = smooth_noise(noise, width, height, unit * 26, 2) * unit * 9
    rings = np.sin((rows * 0.16 + columns * 0.02 + sway * 0.5) * (2 * np.pi / (unit * 0.55)))
    fibres = smooth_noise(noise, max(2, width // 10), height, 2)
    fibres = np.repeat(fibres, 10, axis=1)
    fibres = np.pad(fibres, ((0, 0), (0, max(0, width - fibres.shape[1]))), mode="edge")[:, :width]
    _, lit = _roundness(share, unit)
    shade = 0.22 + 0.5 * light + 0.09 * rings + 0.06 * fibres + 0.2 * lit
    carved = np.clip(shade - outlines(flat, max(1.0, unit * 0.14)) * 0.4, 0, 1)
    return to_pixels(toned(carved, ("#2f1a0d", "#7a4722", "#b47a42", "#dcae72", "#f3d9ad")))


def porcelain(pixels: Pixels, share: Field, noise: np.random.Generator) -> Pixels:
    """Glaze it white, with what was dark painted in cobalt, and a window's reflection."""
    unit = unit_of(pixels)
    height, width = pixels.shape[:2]
    flat = kuwahara(pixels, round(unit * 0.35) + 1)
    light = _light_inside(flat, share)
    pool = smooth_noise(noise, width, height, unit * 2.5, 3) * 0.1
    brush = np.clip((0.52 - light + pool) * 3.2, 0, 1)
    brush = np.maximum(brush * 0.85, outlines(flat, max(1.0, unit * 0.15), 24))
    petals = _flower_band(pixels, unit) * np.clip(light * 1.5 - 0.5, 0, 1)
    blue = np.clip(brush + petals * 0.75, 0, 1)[..., None]
    inner, lit = _roundness(share, unit * 1.4)
    glaze = toned(0.72 + 0.22 * lit + 0.12 * inner, ("#8ba0b8", "#cfdae6", "#f4f8fb", "#ffffff"))
    cobalt = toned(0.5 + 0.35 * lit + pool, ("#0e1f5c", "#2446a8", "#6d8fd8"))
    shine = np.clip(lit * 2.2 - 1.0, 0, 0.8)[..., None]
    return to_pixels((glaze * (1 - blue) + cobalt * blue) * (1 - shine) + shine)


def _flower_band(pixels: Pixels, unit: float) -> Field:
    """Give an all-over pattern of small blossoms, 0 to 1."""
    rows, columns = _rows_columns(pixels)
    gap = unit * 7
    down = (rows % gap) / gap - 0.5
    across = ((columns + np.floor(rows / gap) % 2 * gap / 2) % gap) / gap - 0.5
    radius, turn = np.hypot(down, across), np.arctan2(down, across)
    petals = 0.2 + 0.09 * np.cos(turn * 5)
    return np.clip((petals - radius) * 16, 0, 1) * np.clip((radius - 0.05) * 30, 0, 1)


def plush(pixels: Pixels, share: Field, noise: np.random.Generator) -> Pixels:
    """Cover it with soft fur that falls outwards and down."""
    unit = unit_of(pixels)
    height, width = pixels.shape[:2]
    right, down = slopes(gauss(share, unit * 3))
    length = np.maximum(np.hypot(right, down), 1e-4)
    along = (-right / length * 0.7, -down / length * 0.7 + 0.5)
    hairs = noise.uniform(-1, 1, (height, width)).astype(np.float32)
    hairs = gauss(hairs, max(0.5, unit * 0.06))
    total, colours = np.zeros_like(hairs), np.zeros((height, width, 3), dtype=np.float32)
    steps = 7
    layer = np.stack([hairs, *np.moveaxis(to_floats(kuwahara(pixels, 2)), 2, 0)], axis=2)
    for step in range(steps):
        reach = step * unit * 0.16
        moved = _taken(layer, along[0] * reach, along[1] * reach)
        total += moved[..., 0] / steps
        colours += moved[..., 1:] / steps
    total /= max(float(np.std(total)), 1e-4)
    _, lit = _roundness(share, unit)
    fur = colours * (1 + 0.16 * np.clip(total, -2, 2) + 0.22 * lit)[..., None]
    return to_pixels(fur + 0.03)


def _taken(values: Floats, right: Field, down: Field) -> Floats:
    height, width = values.shape[:2]
    rows, columns = np.indices((height, width), dtype=np.float32)
    at_row = np.clip(np.rint(rows - down), 0, height - 1).astype(np.intp)
    at_column = np.clip(np.rint(columns - right), 0, width - 1).astype(np.intp)
    return values[at_row, at_column]


def knitted(pixels: Pixels, share: Field, noise: np.random.Generator) -> Pixels:
    """Knit it of thick yarn, a stitch at a time."""
    unit = unit_of(pixels)
    height, width = pixels.shape[:2]
    stitch = max(5.0, unit * 1.5)
    rows, columns = _rows_columns(pixels)
    across = (columns % stitch) / stitch
    slant = np.abs(across - 0.5) * 2
    row = rows - slant * stitch * 0.55
    along = (row % (stitch * 0.8)) / (stitch * 0.8)
    strand = np.sin(along * np.pi) * np.sin(np.minimum(across, 1 - across) * 2 * np.pi * 0.9 + 0.15)
    strand = np.clip(np.abs(strand), 0, 1)
    middle_row = np.floor(row / (stitch * 0.8)) * stitch * 0.8 + stitch * 0.4 + slant * 0
    middle_column = np.floor(columns / stitch) * stitch + stitch / 2 + rows * 0
    flat = to_floats(saturated(pixels, 1.1))
    at_row = np.clip(np.rint(middle_row), 0, height - 1).astype(np.intp)
    at_column = np.clip(np.rint(middle_column), 0, width - 1).astype(np.intp)
    yarn = flat[at_row, at_column]
    fibres = smooth_noise(noise, width, height, 2, 2) * 0.07
    _, lit = _roundness(share, unit)
    shade = 0.42 + 0.72 * strand + fibres + 0.2 * lit
    return to_pixels(yarn * shade[..., None])


def balloon(pixels: Pixels, share: Field, noise: np.random.Generator) -> Pixels:
    """Blow it up of tight shiny rubber."""
    unit = unit_of(pixels)
    smooth = to_floats(saturated(kuwahara(kuwahara(pixels, round(unit) + 1), round(unit)), 1.4))
    smooth = np.stack([gauss(smooth[..., c], unit * 0.6) for c in range(3)], axis=2)
    inner, lit = _roundness(share, unit * 2.2)
    _, fine = _roundness(share, unit * 0.9)
    body = smooth * (0.72 + 0.3 * inner + 0.3 * lit + 0.14 * fine)[..., None]
    spot = np.clip(lit * 2.6 - 1.35 + float(noise.normal(0, 0.03)), 0, 0.95)[..., None]
    return to_pixels(body * (1 - spot) + spot)


STUFFS: Mapping[str, Stuff] = MappingProxyType({
    "ice": ice,
    "cloud": cloud,
    "lantern": lantern,
    "wood": wood,
    "porcelain": porcelain,
    "plush": plush,
    "knitted": knitted,
    "balloon": balloon,
})  # fmt: skip
