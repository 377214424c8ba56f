"""What the filters share: flat patches with sharp rims, outlines, few colours, paper."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from kaiga.engines.sketch.colours import to_rgb
from kaiga.engines.sketch.edits.fields import box, gauss, luma, smooth_noise
from kaiga.engines.sketch.edits.hues import clusters, from_lab, nearest, to_lab
from kaiga.engines.sketch.edits.pictures import Field, Floats, Pixels, to_floats, to_pixels

_Array = TypeVar("_Array", Pixels, Field)


def unit_of(pixels: Pixels) -> float:
    """Give a hundredth of the geometric mean of the sides, as the painter measures."""
    return (pixels.shape[0] * pixels.shape[1]) ** 0.5 / 100


def kuwahara(pixels: Pixels, radius: int) -> Pixels:
    """Give each pixel the mean of the calmest of the four squares at whose corner it lies.

    Squares have the side 2 * radius + 1. Texture melts into flat patches, edges stay sharp.
    """
    light = luma(pixels)
    spread = box(light * light, radius) - box(light, radius) ** 2
    means = np.array(Image.fromarray(pixels).filter(ImageFilter.BoxBlur(radius)))
    best = np.full(light.shape, np.inf, dtype=np.float32)
    result = means.copy()
    for down, right in ((-radius, -radius), (-radius, radius), (radius, -radius), (radius, radius)):
        there = moved(spread, down, right)
        calmer = there < best
        best[calmer] = there[calmer]
        result[calmer] = moved(means, down, right)[calmer]
    return result


def moved(values: _Array, down: int, right: int) -> _Array:
    """Give every place what lies `down` and `right` of it; the edges are continued."""
    height, width = values.shape[:2]
    rows = np.clip(np.arange(down, height + down, dtype=np.intp), 0, height - 1)
    columns = np.clip(np.arange(right, width + right, dtype=np.intp), 0, width - 1)
    return values[rows[:, None], columns[None]]


def outlines(pixels: Pixels, width: float, strength: float = 18.0) -> Field:
    """Tell where a pen would draw, 0 to 1: on the darker side of edges, about `width` thick.

    It is the extended difference of Gaussians (Winnemoeller 2012).
    """
    light = luma(pixels)
    apart = gauss(light, width) - 0.985 * gauss(light, width * 1.6)
    return np.clip(-np.tanh(strength * (apart - 0.004)), 0, 1)


def few_colours(pixels: Pixels, count: int, *parts: str | int) -> Pixels:
    """Paint with only the `count` colours that stand for the picture best."""
    lab = to_lab(pixels)
    step = max(1, round((lab.shape[0] * lab.shape[1] / 16_000) ** 0.5))
    centres, _ = clusters(lab[::step, ::step], count, *parts)
    return from_lab(centres)[nearest(lab, centres)]


def stepped_light(pixels: Pixels, steps: int) -> Pixels:
    """Leave only `steps` levels of lightness, with short passages between them."""
    lab = to_lab(pixels)
    level = lab[..., 0] * steps
    low = np.floor(level)
    passage = np.clip((level - low - 0.5) * 6 + 0.5, 0, 1)
    lab[..., 0] = (low + passage) / steps * 0.9 + lab[..., 0] * 0.1
    return from_lab(lab)


def saturated(pixels: Pixels, factor: float) -> Pixels:
    """Strengthen or weaken all colours."""
    lab = to_lab(pixels)
    lab[..., 1:] *= factor
    return from_lab(lab)


def tinted(pixels: Pixels, colour: str, share: float) -> Pixels:
    """Blend with one colour."""
    return to_pixels(to_floats(pixels) * (1 - share) + colour_floats(colour) * share)


def toned(light: Field, colours: tuple[str, ...]) -> Floats:
    """Give each lightness its colour of a row from dark to light."""
    places = np.linspace(0, 1, len(colours))
    values = np.array([to_rgb(colour) for colour in colours]) / 255
    flat = np.clip(light, 0, 1).ravel()
    channels = [np.interp(flat, places, values[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=1).reshape(*light.shape, 3).astype(np.float32)


def colour_floats(colour: str) -> NDArray[np.float32]:
    """Give `#rrggbb` as three numbers from 0 to 1."""
    return np.array([part / 255 for part in to_rgb(colour)], dtype=np.float32)


def paper_grain(noise: np.random.Generator, width: int, height: int, cell: float) -> Field:
    """Give the tooth of paper, from about -1 to 1: fine fibres over soft hills."""
    fine = smooth_noise(noise, width, height, max(1.5, cell), 2)
    return 0.7 * fine + 0.3 * smooth_noise(noise, width, height, cell * 12)


def contrast_stretched(light: Field) -> Field:
    """Spread lightness over the whole range, leaving out the outermost two hundredths."""
    low, high = (float(value) for value in np.percentile(light, (2, 98)))
    return np.clip((light - low) / max(high - low, 0.05), 0, 1)


def vignette(height: int, width: int) -> Field:
    """Give 1 in the middle and about 0.6 in the corners."""
    rows = ((np.arange(height, dtype=np.float32) + 0.5) / height * 2 - 1)[:, None]
    columns = ((np.arange(width, dtype=np.float32) + 0.5) / width * 2 - 1)[None]
    return 1 - 0.2 * (rows * rows + columns * columns)
