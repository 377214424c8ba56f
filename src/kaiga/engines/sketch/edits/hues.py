"""Colours of whole pictures as people see them: lightness apart from hue, clusters, new colours.

A colour is three numbers of Oklab (Ottosson 2020): lightness from 0 to 1, then how far it leans
from green to red and from blue to yellow, about -0.3 to 0.3 each. Equal steps look equal.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.colours import to_rgb
from kaiga.engines.sketch.edits.fields import make_noise
from kaiga.engines.sketch.edits.pictures import Field, Floats, Pixels

_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ],
    dtype=np.float32,
)
_FROM_CONES = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ],
    dtype=np.float32,
)
_CONES_BACK = np.linalg.inv(_FROM_CONES).astype(np.float32)
_LIGHT_BACK = np.linalg.inv(_TO_CONES).astype(np.float32)
_NEUTRAL = 0.035
"""How little a colour may lean and still be called grey."""


def _linear(values: Field) -> Field:
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


_LIGHT_OF_BYTE = _linear(np.arange(256, dtype=np.float32) / 255).astype(np.float32)
_BYTE_STEPS = 4096
_BYTE_OF_LIGHT = np.rint(
    255 * np.interp(np.linspace(0, 1, _BYTE_STEPS) ** 2, _LIGHT_OF_BYTE, np.arange(256) / 255)
).astype(np.uint8)
"""Bytes by the square root of light, which spreads the dark ones."""


def to_lab(pixels: Pixels) -> Floats:
    """Give every pixel as three numbers of Oklab."""
    return np.cbrt(_LIGHT_OF_BYTE[pixels] @ _TO_CONES.T) @ _FROM_CONES.T


def from_lab(lab: Floats) -> Pixels:
    """Give the nearest colours that can be shown."""
    light = (lab.astype(np.float32) @ _CONES_BACK.T) ** 3 @ _LIGHT_BACK.T
    places = np.sqrt(np.clip(light, 0, 1)) * (_BYTE_STEPS - 1)
    return _BYTE_OF_LIGHT[np.rint(places).astype(np.intp)]


def lab_of(colour: str) -> NDArray[np.float32]:
    """Give the three numbers of `#rrggbb`."""
    return to_lab(np.array([[to_rgb(colour)]], dtype=np.uint8))[0, 0].astype(np.float32)


def chroma(lab: Floats) -> Field:
    """Tell how far each colour is from grey."""
    return np.hypot(lab[..., 1], lab[..., 2])


def is_neutral(colour: str) -> bool:
    """Tell whether `#rrggbb` is black, white or grey."""
    return float(chroma(lab_of(colour))) < _NEUTRAL


def recoloured(pixels: Pixels, share: Field, colour: str) -> Pixels:
    """Give what `share` chooses the colour `#rrggbb`; light and shade, and all else, stay."""
    chosen = share > 0
    if not chosen.any():
        return pixels
    lab = to_lab(pixels[chosen])
    weights = share[chosen].astype(np.float32)
    target = lab_of(colour)
    total = float(weights.sum())
    middle = (lab * weights[:, None]).sum(axis=0) / total
    pull = 0.9 if is_neutral(colour) else 0.62
    changed = lab.copy()
    spread = 0.85 if is_neutral(colour) else 1.0
    changed[:, 0] = lab[:, 0] * spread + middle[0] * (1 - spread) + (target[0] - middle[0]) * pull
    own = np.hypot(lab[:, 1], lab[:, 2])
    usual = max(float((own * weights).sum() / total), 0.02)
    strength = np.clip(own / usual, 0.75, 1.25) if usual > _NEUTRAL else np.ones_like(own)
    shine = np.clip((0.99 - changed[:, 0]) / 0.15, 0.1, 1)
    changed[:, 1:] = target[1:] * (strength * shine)[:, None]
    result = pixels.copy()
    new = from_lab(lab + (changed - lab) * weights[:, None])
    result[chosen] = np.where((weights > 0.004)[:, None], new, pixels[chosen])
    return result


def squared_distance(colours: Floats, other: Floats) -> Floats:
    """Give the square of how far each colour is from `other`, one colour or one for each.

    The same bits as a sum over the last axis, which numpy takes ten times as long for where an
    axis is as short as this.
    """
    first, *rest = (
        np.square(colours[..., channel] - other[..., channel])
        for channel in range(colours.shape[-1])
    )
    for square in rest:
        first += square
    return first


def clusters(
    colours: Floats, count: int, *parts: str | int, rounds: int = 8
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """Group a list of colours by likeness (k-means); give the middles and each one's group.

    The first middles are far apart, the very first chosen by `parts`.
    """
    points = colours.reshape(-1, colours.shape[-1]).astype(np.float32)
    noise = make_noise("clusters", *parts)
    middles = [points[int(noise.integers(len(points)))]]
    away = squared_distance(points, middles[0])
    while len(middles) < count:
        middles.append(points[int(away.argmax())])
        away = np.minimum(away, squared_distance(points, middles[-1]))
    centres = np.array(middles)
    group = nearest(points, centres)
    for _ in range(rounds):
        sizes = np.bincount(group, minlength=count)
        for channel in range(points.shape[1]):
            sums = np.bincount(group, weights=points[:, channel], minlength=count)
            centres[:, channel] = np.where(
                sizes > 0, sums / np.maximum(sizes, 1), centres[:, channel]
            )
        group = nearest(points, centres)
    return centres, group


def nearest(colours: Floats, centres: Floats) -> NDArray[np.intp]:
    """Tell for each colour which of `centres` is the most like it."""
    best = np.full(colours.shape[:-1], np.inf, dtype=np.float32)
    group = np.zeros(colours.shape[:-1], dtype=np.intp)
    for index, centre in enumerate(centres):
        away = squared_distance(colours, centre)
        closer = away < best
        best[closer] = away[closer]
        group[closer] = index
    return group


def palette_of(pixels: Pixels, count: int, *parts: str | int) -> NDArray[np.float32]:
    """Give the `count` colours that stand for a picture best, the commonest first."""
    height, width = pixels.shape[:2]
    step = max(1, round((height * width / 20_000) ** 0.5))
    centres, group = clusters(to_lab(pixels[::step, ::step]), count, *parts)
    sizes = np.bincount(group, minlength=count)
    return centres[np.argsort(-sizes, kind="stable")]


def drawn_to_palette(
    pixels: Pixels, colours: Sequence[str], weights: Sequence[float], strength: float
) -> Pixels:
    """Pull a picture towards a palette, so that each colour gets about its weight of the places.

    Light places go to light colours; light and shade stay. `strength` 1 leaves no old hue.
    """
    lab = to_lab(pixels)
    targets = np.array([lab_of(colour) for colour in colours])
    order = np.argsort(targets[:, 0], kind="stable")
    shares = np.array(weights, dtype=np.float64)[order]
    bounds = np.cumsum(shares / shares.sum())
    ranks = _ranks(lab[..., 0])
    middles = bounds - shares / shares.sum() / 2
    pulled: Floats = np.stack(
        [_interpolated(ranks, middles, targets[order, c]) for c in range(3)], axis=2
    )
    result = lab.copy()
    result[..., 1:] += (pulled[..., 1:] - lab[..., 1:]) * strength
    result[..., 0] += (pulled[..., 0] - lab[..., 0]) * strength * 0.5
    return from_lab(result)


def _ranks(field: Field) -> Field:
    """Tell for each place which share of all places is darker."""
    levels = np.clip(field * 1023, 0, 1023).astype(np.intp)
    counts = np.bincount(levels.ravel(), minlength=1024)
    below = (np.cumsum(counts) - counts / 2) / levels.size
    return below[levels].astype(np.float32)


def matched(pixels: Pixels, like: Pixels, strength: float = 1.0) -> Pixels:
    """Give a picture the mean and spread of the colours of another (Reinhard's transfer)."""
    lab, other = to_lab(pixels), to_lab(like)
    spread = other.std(axis=(0, 1)) / np.maximum(lab.std(axis=(0, 1)), 0.01)
    moved = (lab - lab.mean(axis=(0, 1))) * np.clip(spread, 0.4, 2.2) + other.mean(axis=(0, 1))
    return from_lab(lab + (moved - lab) * strength)


def _interpolated(field: Field, places: Field, values: Field) -> Field:
    flat = np.interp(field.ravel(), places, values)
    return np.asarray(flat, dtype=np.float32).reshape(field.shape)
