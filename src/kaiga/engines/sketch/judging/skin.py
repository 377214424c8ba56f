"""Tells by colours alone whether a place may be skin, of light people and dark ones alike."""

import numpy as np

from kaiga.engines.sketch.edits.pictures import Field, Mask, Pixels
from kaiga.engines.sketch.judging.boxes import Box

LEAST_RED = 45
"""Below this, red is too dark to tell anything."""
HUES = (-0.15, 0.82)
"""From a little towards violet (below 0 = red) up to nearly yellow (1)."""
SATURATIONS = (0.1, 0.75)
GREY = 0.06
"""A mean saturation below this is that of a picture without colours."""


def skin(pixels: Pixels) -> Mask:
    """Mark every place whose colour is one of skin: red leads, and not too strongly."""
    red, green, blue = (pixels[..., channel].astype(np.float32) for channel in range(3))
    most, least = pixels.max(axis=2).astype(np.float32), pixels.min(axis=2).astype(np.float32)
    hue = (green - blue) / np.maximum(most - least, 1)
    saturation = (most - least) / np.maximum(most, 1)
    return (
        (red >= most)
        & (red > LEAST_RED)
        & (red - np.minimum(green, blue) > 12)
        & (hue > HUES[0])
        & (hue < HUES[1])
        & (saturation > SATURATIONS[0])
        & (saturation < SATURATIONS[1])
    )


def skin_share(pixels: Pixels, face: Box) -> float:
    """Tell which part of the middle of a face has the colour of skin, 0 to 1."""
    inner = _middle(pixels, face)
    return float(skin(inner).mean()) if inner.size else 0.0


def has_colour(pixels: Pixels, place: Box) -> bool:
    """Tell whether a place shows colours at all, so that theirs mean something."""
    inner = _middle(pixels, place)
    return bool(inner.size) and float(_saturation(inner).mean()) > GREY


def _saturation(pixels: Pixels) -> Field:
    most = pixels.max(axis=2).astype(np.float32)
    return (most - pixels.min(axis=2)) / np.maximum(most, 1)


def _middle(pixels: Pixels, box: Box) -> Pixels:
    across, down = box.width // 4, box.height // 4
    return pixels[box.top + down : box.bottom - down // 2, box.left + across : box.right - across]
