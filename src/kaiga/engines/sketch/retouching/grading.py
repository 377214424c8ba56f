"""Colour changes of whole clips: decided once, then the same for every frame.

Whatever turns one colour into another can be put into a table of some thousand colours, with which
a frame is changed in a few milliseconds.
"""

from collections.abc import Callable

import numpy as np
from PIL import Image, ImageFilter

from kaiga.engines.sketch.edits.hues import chroma, from_lab, lab_of, to_lab
from kaiga.engines.sketch.edits.pictures import Floats, Pixels

_STEPS = 21
"""Colours along each side of the table."""
_ALIKE = 0.82
"""The cosine between hues from which on two colours are of one kind."""


class ColourTable:
    """A colour change that was decided once; a picture of all colours is given to `change`."""

    def __init__(self, change: Callable[[Pixels], Pixels]) -> None:
        side = np.rint(np.linspace(0, 255, _STEPS)).astype(np.uint8)
        blue, green, red = np.meshgrid(side, side, side, indexing="ij")
        colours = np.stack([red, green, blue], axis=3).reshape(_STEPS * _STEPS, _STEPS, 3)
        changed = change(colours).astype(np.float32) / 255
        self._filter = ImageFilter.Color3DLUT(_STEPS, changed.ravel().tolist())

    def apply(self, image: Image.Image) -> Image.Image:
        """Give an RGB picture with its colours changed."""
        return image.filter(self._filter)


def toned(
    pixels: Pixels,
    *,
    light: float = 0.0,
    contrast: float = 1.0,
    colour: float = 1.0,
    warmth: float = 0.0,
) -> Pixels:
    """Change lightness (0 to 1), contrast about its middle, strength and warmth of all colours."""
    lab = to_lab(pixels)
    lab[..., 0] = (lab[..., 0] - 0.6) * contrast + 0.6 + light
    lab[..., 1:] *= colour
    lab[..., 2] += warmth
    return from_lab(lab)


def hued(pixels: Pixels, source: Floats, target: str) -> Pixels:
    """Turn the colours of one kind into `#rrggbb`, their light and shade kept.

    `source` is the middle colour (Oklab) of what is to change; other hues stay as they are.
    """
    lab, wanted = to_lab(pixels), lab_of(target)
    share = _kinship(lab, source)[..., None]
    own = max(float(np.hypot(source[1], source[2])), 0.03)
    strength = np.clip(chroma(lab) / own, 0.3, 1.4)[..., None]
    changed = np.concatenate(
        [lab[..., :1] + 0.6 * (wanted[0] - source[0]), wanted[1:] * strength], axis=2
    )
    return from_lab(lab + (changed - lab) * share)


def _kinship(lab: Floats, source: Floats) -> Floats:
    """Tell how surely each colour is of the source's kind, 0 to 1."""
    own = float(np.hypot(source[1], source[2]))
    away = np.abs(lab[..., 0] - source[0])
    if own < 0.04:
        near = np.clip((0.3 - away) / 0.12, 0, 1) * np.clip((0.07 - chroma(lab)) / 0.03, 0, 1)
        return near.astype(np.float32)
    along = (lab[..., 1] * source[1] + lab[..., 2] * source[2]) / own
    cosine = along / np.maximum(chroma(lab), 1e-4)
    kind = np.clip((cosine - _ALIKE) / 0.08, 0, 1) * np.clip((along / own - 0.3) / 0.2, 0, 1)
    return (kind * np.clip((0.55 - away) / 0.15, 0, 1)).astype(np.float32)


def like(pixels: Pixels, own: Pixels, other: Pixels) -> Pixels:
    """Move colours as the picture `own` would have to be moved to look like `other`."""
    first, second = to_lab(own), to_lab(other)
    lab = to_lab(pixels)
    spread = second.std(axis=(0, 1)) / np.maximum(first.std(axis=(0, 1)), 0.01)
    moved = (lab - first.mean(axis=(0, 1))) * np.clip(spread, 0.5, 1.8)
    return from_lab(moved + second.mean(axis=(0, 1)))


def ramp_of(picture: Pixels, steps: int) -> Pixels:
    """Give the colours of a picture from dark to light, as a row of so many."""
    small = np.asarray(Image.fromarray(picture).resize((64, 64), Image.Resampling.BOX))
    lab = to_lab(small).reshape(-1, 3)
    lab = lab[np.argsort(lab[:, 0], kind="stable")]
    rows = np.array([part.mean(axis=0) for part in np.array_split(lab, steps)], np.float32)
    # Half of the way, the picture's own range is spread, so that a clip's light and shade are
    # told apart even in a ramp from a picture without contrast.
    low, high = float(rows[0, 0]), float(rows[-1, 0])
    spread = 0.16 + (rows[:, 0] - low) / max(high - low, 0.05) * 0.8
    rows[:, 0] = 0.6 * rows[:, 0] + 0.4 * spread
    return from_lab(rows[None])[0]


def ramped(pixels: Pixels, ramp: Pixels, keep: float = 0.0) -> Pixels:
    """Give each place the ramp's colour for its lightness, and keep a share of its own."""
    lab = to_lab(pixels)
    places = np.clip((lab[..., 0] - 0.1) / 0.85, 0, 1) * (len(ramp) - 1)
    colours = to_lab(ramp[None])[0]
    known = np.arange(len(ramp))
    found = np.empty_like(lab)
    for channel in range(3):
        found[..., channel] = np.interp(places, known, colours[:, channel])
    return from_lab(found + (lab - found) * np.float32(keep))
