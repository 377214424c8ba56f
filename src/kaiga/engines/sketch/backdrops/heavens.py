"""Sky, sun, moon, stars, clouds and what else may stand or fall in the air."""

import math
from random import Random

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import lighter, mix
from kaiga.engines.sketch.look import Look
from kaiga.engines.sketch.motifs.table import MOTIFS, Habitat
from kaiga.engines.sketch.stage import Stage


def paint_sky(stage: Stage, bottom: float, *, clouds: bool = True, sun: bool = True) -> None:
    """Fill from the top to `bottom` with the hour's sky and what hangs in it."""
    canvas = stage.canvas
    canvas.bands(0, 0, stage.width, bottom + 2, stage.light.stops, light=True)
    if stage.scene.time in {"night", "dusk"} and not _is_covered(stage):
        _stars(stage, bottom)
    if stage.mention("milky_way"):
        _milky_way(stage, bottom)
    if stage.mention("aurora"):
        _aurora(stage, bottom)
    if sun:
        _sun_or_moon(stage, bottom)
    if stage.mention("rainbow") or "rainbow_weather" in stage.scene.weather:
        _rainbow(stage, bottom)
    if stage.mention("fireworks"):
        _fireworks(stage, bottom)
    if clouds:
        _clouds(stage, bottom)
    _lands(stage, bottom)


def _lands(stage: Stage, bottom: float) -> None:
    """Stand the mountains or hills that were named on the horizon."""
    named = [m for m in stage.scene.mentions if MOTIFS[m.motif].habitat is Habitat.LAND]
    for index, mention in enumerate(named):
        if mention.motif == "mountain" and mention.count > 1:
            continue
        motif = MOTIFS[mention.motif]
        height = min(
            bottom * 0.74, stage.width * 0.94 / motif.width * motif.height, stage.unit * 50
        )
        x = stage.width * (0.5 if len(named) == 1 else 0.3 + 0.4 * index)
        look = Look(
            rng=stage.rng, colours=mention.colours, lit=stage.light.lit, season=stage.season
        )
        with (
            stage.canvas.hazed(stage.light.haze, 0.22),
            stage.canvas.at(x, bottom + stage.unit * 3, height / motif.height),
        ):
            motif.draw(stage.canvas, look)


def _is_covered(stage: Stage) -> bool:
    return bool({"cloudy", "rain", "fog", "storm"} & set(stage.scene.weather))


def _stars(stage: Stage, bottom: float) -> None:
    rng, unit = stage.rng, stage.unit
    count = 90 if stage.scene.time == "night" else 34
    for size, share in ((0.1, 0.7), (0.2, 0.3)):
        dots = "".join(
            shapes.disc(
                rng.uniform(0, stage.width),
                bottom * rng.random() ** 1.4 * 0.95,
                unit * size * rng.uniform(0.7, 1.4),
            )
            for _ in range(round(count * share))
        )
        stage.canvas.shape(dots, "#fdf7e0", light=True, opacity=0.9)
    if stage.mention("star"):
        _great_stars(stage, bottom)


def _great_stars(stage: Stage, bottom: float) -> None:
    mention = stage.mention("star")
    colour = mention.colours[0] if mention and mention.colours else "#ffe48a"
    rng = stage.rng
    data = "".join(
        shapes.star(
            stage.width * ((index + 0.5) / 7 + rng.uniform(-0.05, 0.05)),
            bottom * rng.uniform(0.1, 0.6),
            stage.unit * rng.uniform(1.0, 2.4),
        )
        for index in range(7)
    )
    stage.canvas.shape(data, colour, light=True)


def _milky_way(stage: Stage, bottom: float) -> None:
    rng = stage.rng
    for size, opacity, colour in (
        (9, 0.1, "#8f9be8"),
        (5, 0.12, "#d6a8e8"),
        (0.16, 0.9, "#ffffff"),
    ):
        data = ""
        for _ in range(26 if size > 1 else 140):
            along = rng.random()
            spread = rng.gauss(0, 0.06)
            data += shapes.disc(
                stage.width * (along + spread),
                bottom * (1.0 - along * 0.95 + spread),
                stage.unit * size * rng.uniform(0.5, 1.1),
            )
        stage.canvas.shape(data, colour, light=True, opacity=opacity)


def _aurora(stage: Stage, bottom: float) -> None:
    rng = stage.rng
    for colour, start in (("#4fe3a4", 0.28), ("#5fd0d8", 0.4), ("#9a7be8", 0.2)):
        points = [
            (stage.width * i / 6, bottom * (start + rng.uniform(-0.08, 0.1))) for i in range(7)
        ]
        for depth, opacity in ((0.3, 0.16), (0.2, 0.2), (0.08, 0.3)):
            low = [(x, y + bottom * depth * rng.uniform(0.8, 1.1)) for x, y in reversed(points)]
            data = (
                shapes.smooth(points, closed=False)
                + "L"
                + shapes.smooth(low, closed=False)[1:]
                + "Z"
            )
            stage.canvas.shape(data, colour, opacity=opacity, light=True)


def _sun_or_moon(stage: Stage, bottom: float) -> None:
    night = stage.scene.time in {"night", "dusk"}
    if _is_covered(stage) and not (stage.mention("sun") or stage.mention("moon")):
        return
    asked = stage.mention("moon") or stage.mention("sun")
    radius = stage.short * (0.11 if asked else 0.06 if night else 0.055)
    low = stage.scene.time in {"sunset", "dawn"}
    side = stage.rng.choice((0.2, 0.26, 0.74, 0.8))
    x = stage.width * (0.5 if low and asked else side)
    y = bottom * (0.86 if low else stage.rng.uniform(0.2, 0.34))
    y = max(y, radius * 1.6)
    reach = radius * 2.7
    with stage.canvas.piece("light", (x - reach, y - reach, x + reach, y + reach)):
        if stage.mention("moon") or night:
            _moon(stage, x, y, radius)
        else:
            _sun(stage, x, y, radius)


def _sun(stage: Stage, x: float, y: float, radius: float) -> None:
    mention = stage.mention("sun")
    colour = mention.colours[0] if mention and mention.colours else stage.light.sun
    for reach, opacity in ((2.6, 0.14), (1.8, 0.2), (1.35, 0.3)):
        stage.canvas.circle(x, y, radius * reach, colour, opacity=opacity, light=True)
    stage.canvas.circle(x, y, radius, colour, light=True)


def _moon(stage: Stage, x: float, y: float, radius: float) -> None:
    mention = stage.mention("moon")
    colour = mention.colours[0] if mention and mention.colours else "#fbf3d3"
    for reach, opacity in ((2.3, 0.08), (1.6, 0.12)):
        stage.canvas.circle(x, y, radius * reach, colour, opacity=opacity, light=True)
    if stage.rng.random() < 0.45 and not mention:
        n = shapes.number
        stage.canvas.shape(
            f"M{n(x + radius * 0.3)} {n(y - radius)}"
            f"A{n(radius)} {n(radius)} 0 1 0 {n(x + radius * 0.9)} {n(y + radius * 0.55)}"
            f"A{n(radius * 0.85)} {n(radius * 0.85)} 0 0 1 {n(x + radius * 0.3)} {n(y - radius)}Z",
            colour,
            light=True,
        )
        return
    stage.canvas.circle(x, y, radius, colour, light=True)
    seas = (
        shapes.disc(x - radius * 0.3, y - radius * 0.2, radius * 0.24)
        + shapes.disc(x + radius * 0.3, y + radius * 0.3, radius * 0.17)
        + shapes.disc(x + radius * 0.25, y - radius * 0.45, radius * 0.12)
    )
    stage.canvas.shape(seas, mix(colour, "#b8ad8c", 0.45), light=True, outline=False)


def _rainbow(stage: Stage, bottom: float) -> None:
    colours = ("#e8636b", "#f3a25a", "#f7dc72", "#7fc98a", "#6fb2e6", "#8f86d8")
    radius = min(stage.width * 0.46, bottom * 0.85)
    thick = radius * 0.045
    x = stage.width * stage.rng.uniform(0.42, 0.58)
    for index, colour in enumerate(colours):
        outer = radius - index * thick
        inner = outer - thick
        stage.canvas.shape(
            f"M{x - outer:.1f} {bottom:.1f}A{outer:.1f} {outer:.1f} 0 0 1"
            f" {x + outer:.1f} {bottom:.1f}"
            f"H{x + inner:.1f}A{inner:.1f} {inner:.1f} 0 0 0 {x - inner:.1f} {bottom:.1f}Z",
            colour,
            opacity=0.62,
            light=True,
        )


def _fireworks(stage: Stage, bottom: float) -> None:
    rng = stage.rng
    colours = ["#ff8a7a", "#ffd36b", "#8fe0ff", "#f7a6ff", "#9df0b0"]
    rng.shuffle(colours)
    count = 3 if stage.width < stage.height * 1.5 else 5
    for index in range(count):
        x = stage.width * ((index + 0.5) / count + rng.uniform(-0.06, 0.06))
        y = bottom * rng.uniform(0.22, 0.55)
        reach = stage.short * rng.uniform(0.12, 0.22)
        box = (x - reach * 1.2, y - reach * 1.2, x + reach * 1.2, y + reach * 1.3)
        with stage.canvas.piece("burst", box):
            _burst(stage, x, y, reach, (colours[index], colours[(index + 1) % 5]))


def _burst(stage: Stage, x: float, y: float, reach: float, colours: tuple[str, str]) -> None:
    stage.canvas.circle(x, y, reach * 1.1, colours[0], opacity=0.1, light=True)
    for share, rays in ((1.0, 20), (0.62, 14)):
        data = "".join(
            shapes.leaf(
                (
                    x + math.cos(math.tau * i / rays) * reach * 0.22 * share,
                    y + math.sin(math.tau * i / rays) * reach * 0.22 * share,
                ),
                (
                    x + math.cos(math.tau * i / rays) * reach * share,
                    y + math.sin(math.tau * i / rays) * reach * share + reach * 0.06,
                ),
                0.045,
            )
            + shapes.disc(
                x + math.cos(math.tau * i / rays) * reach * share * 1.05,
                y + math.sin(math.tau * i / rays) * reach * share * 1.05 + reach * 0.06,
                reach * 0.022,
            )
            for i in range(rays)
        )
        colour = colours[0] if share == 1.0 else lighter(colours[1], 0.3)
        stage.canvas.shape(data, colour, light=True, outline=False)


def _clouds(stage: Stage, bottom: float) -> None:
    rng = stage.rng
    covered = _is_covered(stage) or "snow" in stage.scene.weather
    asked = stage.mention("cloud") is not None
    night = stage.scene.time == "night"
    top = stage.light.stops[0][1]
    base = stage.light.stops[-1][1]
    colour = mix("#ffffff", base, 0.25) if not night else mix(top, "#8fa0d8", 0.34)
    if "storm" in stage.scene.weather:
        colour = mix(top, "#8088a0", 0.4)
    elif covered:
        colour = mix(colour, stage.light.haze, 0.4)
    count = (7 if covered else 6 if asked else 4 if not night else 2) + round(
        stage.width / stage.height + stage.height / stage.width * 0.6
    )
    for index in range(count):
        share = (index + 0.5) / count
        x = stage.width * ((share * 1.618 + rng.uniform(-0.06, 0.06)) % 1)
        y = bottom * (0.12 + 0.6 * share + rng.uniform(-0.05, 0.05))
        wide = stage.unit * rng.uniform(15, 27) * (1.15 - share * 0.5) * (1.25 if asked else 1)
        draw_cloud(stage.canvas, rng, x, y, wide, colour, opacity=0.92 if not night else 0.6)


def draw_cloud(
    canvas: Canvas,
    rng: Random,
    x: float,
    y: float,
    width: float,
    colour: str,
    *,
    opacity: float = 1.0,
) -> None:
    """Draw a flat-bottomed cloud around (x, y), in its light and a shade below."""
    bumps = rng.randint(4, 5)
    data = ""
    for index in range(bumps):
        share = (index + 0.5) / bumps
        radius = (math.sin(math.pi * share) * 0.15 + 0.06) * width * rng.uniform(0.88, 1.1)
        data += shapes.disc(x + (share - 0.5) * width * 0.8, y - radius * 0.7, radius)
    floor = width * 0.075
    data += shapes.box(x - width * 0.4, y - floor * 1.2, width * 0.8, floor * 1.7)
    data += shapes.disc(x - width * 0.4, y - floor * 0.35, floor * 0.85)
    data += shapes.disc(x + width * 0.4, y - floor * 0.35, floor * 0.85)
    box = (x - width * 0.6, y - width * 0.5, x + width * 0.6, y + width * 0.1)
    with canvas.piece("cloud", box):
        canvas.shape(data, colour, light=True, opacity=opacity, outline=False)


def draw_weather(stage: Stage) -> None:
    """Draw what falls or drifts in front of everything."""
    weather = stage.scene.weather
    whole = (0, 0, stage.width, stage.height)
    with stage.canvas.piece("weather", whole):
        if "rain" in weather or "storm" in weather:
            _rain(stage)
        if "snow" in weather:
            _snowfall(stage)
        if "fog" in weather:
            _fog(stage)
    if "storm" in weather:
        with stage.canvas.piece("bolt", whole):
            _lightning(stage)
    if "wind" in weather:
        with stage.canvas.piece("weather", whole):
            _gusts(stage)


def _rain(stage: Stage) -> None:
    rng, unit = stage.rng, stage.unit
    for size, opacity, count in ((1.0, 0.35, 70), (1.7, 0.5, 46)):
        data = ""
        for _ in range(count):
            x, y = rng.uniform(-0.05, 1.02) * stage.width, rng.uniform(-0.05, 1) * stage.height
            long, thin = unit * size * 2.6, unit * size * 0.1
            data += shapes.polygon(
                [
                    (x, y),
                    (x + thin, y),
                    (x - long * 0.22 + thin, y + long),
                    (x - long * 0.22, y + long),
                ]
            )
        stage.canvas.shape(data, "#dfeaf6", opacity=opacity, light=True)


def _snowfall(stage: Stage) -> None:
    rng, unit = stage.rng, stage.unit
    for size, count in ((0.28, 70), (0.5, 46), (0.9, 16)):
        data = "".join(
            shapes.disc(
                rng.uniform(0, stage.width),
                rng.uniform(0, stage.height),
                unit * size * rng.uniform(0.7, 1.2),
            )
            for _ in range(count)
        )
        stage.canvas.shape(data, "#ffffff", opacity=0.9, light=True)


def _fog(stage: Stage) -> None:
    rng = stage.rng
    for index in range(5):
        y = stage.height * (0.34 + index * 0.12)
        thick = stage.height * 0.07
        points = [(stage.width * i / 5, y + rng.uniform(-0.5, 0.5) * thick) for i in range(6)]
        low = [(x, py + thick * rng.uniform(0.7, 1.4)) for x, py in reversed(points)]
        data = (
            shapes.smooth(points, closed=False) + "L" + shapes.smooth(low, closed=False)[1:] + "Z"
        )
        stage.canvas.shape(data, stage.light.haze, opacity=0.42, light=True)


def _lightning(stage: Stage) -> None:
    rng, unit = stage.rng, stage.unit
    x = stage.width * rng.choice((0.22, 0.78))
    y = 0.0
    left: list[tuple[float, float]] = []
    thick = unit * 0.9
    while y < stage.height * 0.5:
        left.append((x, y))
        x += rng.uniform(-4, 4) * unit
        y += rng.uniform(3, 7) * unit
    right = [(px + thick * (1 - py / (stage.height * 0.55)), py) for px, py in reversed(left)]
    stage.canvas.polygon([*left, *right], "#fff6c8", light=True, outline=False)


def _gusts(stage: Stage) -> None:
    rng, unit = stage.rng, stage.unit
    for _ in range(6):
        x, y = rng.uniform(0, 0.8) * stage.width, rng.uniform(0.08, 0.75) * stage.height
        wide = unit * rng.uniform(10, 20)
        stage.canvas.stroke(
            f"M{x:.1f} {y:.1f}q{wide * 0.5:.1f} {-unit * 1.5:.1f} {wide:.1f} 0"
            f"q{wide * 0.16:.1f} {unit * 1.2:.1f} {wide * 0.2:.1f} {-unit * 1.4:.1f}"
            f"q{-wide * 0.04:.1f} {-unit * 1.6:.1f} {-wide * 0.12:.1f} {-unit * 0.4:.1f}",
            "#ffffff", unit * 0.3, opacity=0.6, light=True,
        )  # fmt: skip
