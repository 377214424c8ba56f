"""What the hour and the weather do to sky and colours."""

from dataclasses import dataclass, replace

from kaiga.engines.sketch.canvas import Tone
from kaiga.engines.sketch.colours import Rgb, luminance_rgb, mix, mix_rgb

Stops = tuple[tuple[float, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Light:
    """The light of one picture.

    `stops` is the sky from top to horizon. Colours of things are multiplied by `tint` and lose
    `grey` of their colour. `haze` is what far things fade into. `lit` tells that lamps are on.
    """

    stops: Stops
    tint: Rgb
    haze: str
    lit: bool
    sun: str
    grey: float = 0.0

    def tone(self, rgb: Rgb, light: bool) -> Rgb:
        """Give a thing's colour under this light; what shines keeps its own."""
        if light:
            return rgb
        tinted = tuple(part * factor for part, factor in zip(rgb, self.tint, strict=True))
        red, green, blue = tinted
        if not self.grey:
            return (red, green, blue)
        level = luminance_rgb((red, green, blue))
        return mix_rgb((red, green, blue), (level, level, level * 1.04), self.grey)


_LIGHTS = {
    "dawn": Light(
        stops=((0.0, "#7f9fd6"), (0.5, "#c3b9dd"), (0.78, "#f7c9bd"), (1.0, "#fde3bd")),
        tint=(1.0, 0.93, 0.94),
        haze="#f3cfc6",
        lit=False,
        sun="#fff1cf",
    ),
    "day": Light(
        stops=((0.0, "#5fb0e8"), (0.6, "#a9d9f2"), (1.0, "#e4f4f4")),
        tint=(1.0, 1.0, 1.0),
        haze="#cfe8f2",
        lit=False,
        sun="#fff3b8",
    ),
    "sunset": Light(
        stops=(
            (0.0, "#5a5aa6"),
            (0.35, "#b0609a"),
            (0.62, "#f0785f"),
            (0.85, "#fbb25f"),
            (1.0, "#fedc8c"),
        ),
        tint=(1.0, 0.83, 0.76),
        haze="#f5a77c",
        lit=True,
        sun="#fff0b0",
    ),
    "dusk": Light(
        stops=((0.0, "#262d63"), (0.45, "#5b4f93"), (0.78, "#b9769f"), (1.0, "#f1ab8c")),
        tint=(0.72, 0.68, 0.86),
        haze="#8d6c9c",
        lit=True,
        sun="#ffd9a8",
    ),
    "night": Light(
        stops=((0.0, "#0b1233"), (0.5, "#182454"), (1.0, "#3a4a86")),
        tint=(0.54, 0.58, 0.8),
        haze="#2b3a70",
        lit=True,
        sun="#fdf6d8",
    ),
}
_GLOOM = {"cloudy": 0.35, "rain": 0.6, "snow": 0.5, "fog": 0.65, "storm": 0.85}


def make_light(time: str, weather: tuple[str, ...]) -> Light:
    """Give the light of a time of day under a weather."""
    light = _LIGHTS[time or "day"]
    gloom = max((_GLOOM.get(kind, 0.0) for kind in weather), default=0.0)
    if not gloom:
        return light
    dark = time == "night" or "storm" in weather
    cover = "#3c4560" if dark and time != "night" else "#c9d0d6"
    if time == "night":
        cover = "#222a49"
    if "snow" in weather and not dark:
        cover = "#d9e1ea"
    stops = tuple((place, mix(colour, cover, gloom)) for place, colour in light.stops)
    dim = 1 - gloom * (0.34 if "storm" in weather else 0.14)
    red, green, blue = light.tint
    return Light(
        stops=stops,
        tint=(red * dim, green * dim, blue * dim * 1.03),
        haze=mix(light.haze, cover, gloom),
        lit=light.lit or "storm" in weather or "rain" in weather,
        sun=light.sun,
        grey=gloom * 0.3,
    )


def indoors(light: Light) -> Light:
    """Give the light inside: by lamps when it is dark out, the sky staying as it is."""
    if not light.lit:
        return replace(light, tint=(1.0, 0.985, 0.96), grey=0.0)
    return replace(light, tint=(0.9, 0.78, 0.68), grey=0.0)


def combined(light: Light, style: Tone | None, *, own_light: bool = False) -> Tone:
    """Chain the light's tone and a style's, in that order; `own_light` leaves the first out."""
    if style is None:
        return light.tone
    if own_light:
        return style
    return lambda rgb, shining: style(light.tone(rgb, shining), shining)
