"""Colours as `#rrggbb` texts, and the few sums the painter needs on them."""

import colorsys
from functools import lru_cache

Rgb = tuple[float, float, float]


@lru_cache(maxsize=4096)
def to_rgb(colour: str) -> Rgb:
    """Give the red, green and blue of `#rrggbb`, each 0 to 255."""
    return (float(int(colour[1:3], 16)), float(int(colour[3:5], 16)), float(int(colour[5:7], 16)))


def to_hex(rgb: Rgb) -> str:
    """Write a colour as `#rrggbb`; parts outside 0 to 255 are clipped."""
    red, green, blue = (min(255, max(0, round(part))) for part in rgb)
    return f"#{red:02x}{green:02x}{blue:02x}"


@lru_cache(maxsize=8192)
def mix(first: str, second: str, share: float) -> str:
    """Blend two colours; `share` 0 gives the first, 1 the second."""
    return to_hex(mix_rgb(to_rgb(first), to_rgb(second), share))


def mix_rgb(first: Rgb, second: Rgb, share: float) -> Rgb:
    """Blend two colours as numbers."""
    keep = 1 - share
    return (
        first[0] * keep + second[0] * share,
        first[1] * keep + second[1] * share,
        first[2] * keep + second[2] * share,
    )


def darker(colour: str, share: float = 0.18) -> str:
    """Shade a colour, slightly towards blue as shadows are."""
    return mix(colour, "#1b1530", share)


def lighter(colour: str, share: float = 0.2) -> str:
    """Light a colour, slightly towards warm as sunlight is."""
    return mix(colour, "#fffaee", share)


def luminance(colour: str) -> float:
    """Tell how light a colour looks, 0 to 255."""
    return luminance_rgb(to_rgb(colour))


def luminance_rgb(rgb: Rgb) -> float:
    """Tell how light a colour looks, 0 to 255 (Rec. 709 weights)."""
    return rgb[0] * 0.2126 + rgb[1] * 0.7152 + rgb[2] * 0.0722


def shifted(colour: str, *, hue: float = 0.0, saturation: float = 1.0, light: float = 1.0) -> str:
    """Turn the hue (`hue` in turns) and scale saturation and lightness."""
    red, green, blue = to_rgb(colour)
    h, lightness, s = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
    changed = colorsys.hls_to_rgb(
        (h + hue) % 1, min(1.0, lightness * light), min(1.0, s * saturation)
    )
    return to_hex((changed[0] * 255, changed[1] * 255, changed[2] * 255))
