"""The picture for words the engine knows no things for: shapes and colours in their mood."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.colours import darker, lighter, mix
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.stage import Stage

Palette = tuple[str, str, str, str, str, str]
"""Ground above, ground below, and four colours of shapes."""

PALETTES: Mapping[str, tuple[Palette, ...]] = MappingProxyType(
    {
        "calm": (
            ("#d8e8e6", "#f3ead8", "#8fb9b5", "#5f94a0", "#e3c3a0", "#f7f3e8"),
            ("#cfdcea", "#f2ebe4", "#8fa9c9", "#6f8fb0", "#d9b8b0", "#fbf7f0"),
        ),
        "joyful": (
            ("#fff0c9", "#ffd9b8", "#f2665f", "#f7a93c", "#4fb0a8", "#7a6fd0"),
            ("#d9f2f0", "#fff3d0", "#f28ba8", "#f6c23c", "#5fa8e0", "#8fc46a"),
        ),
        "angry": (
            ("#3a0f1e", "#7a1626", "#e0332f", "#f2702c", "#1c0a14", "#f7c23c"),
            ("#22101c", "#5d1422", "#d8272f", "#f05a2c", "#120a12", "#f5e3c0"),
        ),
        "sad": (
            ("#2f3f5d", "#7f93ac", "#4f6688", "#8fa3bb", "#1f2b45", "#d3dce6"),
            ("#3f3d58", "#8f8aa0", "#5d5a7a", "#a8a3b8", "#2a2840", "#e0d9d3"),
        ),
        "mysterious": (
            ("#171238", "#4a2f78", "#7a5fc9", "#3fb0b5", "#e88fd0", "#f5e3a8"),
            ("#0f1f3a", "#1f5a6b", "#3fa39a", "#7a6fd8", "#f0b86a", "#e8f3ea"),
        ),
        "energetic": (
            ("#fff3dd", "#ffe0c0", "#e8384f", "#f78a1d", "#2f6fd0", "#12b5a5"),
            ("#1f1f3d", "#3a2a6b", "#ff5a5f", "#ffc43d", "#1b9aaa", "#f8f3ea"),
        ),
        "warm": (("#fbe3c0", "#f3b98a", "#d9734a", "#e8a04a", "#a84f3c", "#fff3dc"),),
        "cold": (("#dceaf3", "#a9c9e0", "#6f9fc9", "#3f6f9f", "#f5fafc", "#8fb8b8"),),
        "dark": (("#0f0e17", "#2a2438", "#4a3f5d", "#7a2f45", "#1a1826", "#b8a9c0"),),
        "bright": (("#fff7e6", "#ffeccf", "#ff595e", "#ffca3a", "#1982c4", "#8ac926"),),
        "": (
            ("#f3e9dc", "#e3d0bb", "#c8553d", "#588b8b", "#f28f3b", "#2d3047"),
            ("#e9eef0", "#cfd8dc", "#3d5a80", "#ee6c4d", "#98c1d9", "#293241"),
            ("#f8f1e5", "#efd9ce", "#b56576", "#6d597a", "#eaac8b", "#355070"),
            ("#f1f0e4", "#dbe3c6", "#606c38", "#dda15e", "#bc6c25", "#283618"),
        ),
    }
)


def paint_abstract(stage: Stage, text: str) -> None:
    """Fill the picture from the mood in `stage.scene`, or from the text itself if it has none.

    The text decides the family of shapes and colours, the stage's chance their arrangement.
    """
    chance = make_random("abstract", text)
    mood = next(iter(stage.scene.moods), "")
    palette = chance.choice(PALETTES[mood])
    if stage.scene.colours:
        palette = _from_colours(stage.scene.colours)
    forms = _FORMS[mood] if mood in _FORMS else chance.choice(tuple(_FORMS.values()))
    stage.canvas.bands(0, 0, stage.width, stage.height, ((0.0, palette[0]), (1.0, palette[1])))
    with stage.canvas.piece("forms", (0, 0, stage.width, stage.height)):
        forms(stage, palette)


def _from_colours(asked: tuple[str, ...]) -> Palette:
    first, last = asked[0], asked[-1]
    return (
        lighter(first, 0.75),
        lighter(last, 0.5),
        first,
        mix(first, last, 0.5) if first != last else darker(first, 0.3),
        last,
        darker(first, 0.6),
    )


def _waves(stage: Stage, palette: Palette) -> None:
    """Long soft waves under a pale disc."""
    canvas, rng = stage.canvas, stage.rng
    x, y = stage.width * rng.uniform(0.3, 0.7), stage.height * rng.uniform(0.2, 0.34)
    radius = stage.short * rng.uniform(0.13, 0.2)
    canvas.circle(x, y, radius * 1.5, palette[5], opacity=0.35)
    canvas.circle(x, y, radius, palette[4])
    for index in range(7):
        share = index / 6
        points = shapes.ridge(
            rng,
            -0.1 * stage.width,
            1.1 * stage.width,
            stage.height * (0.54 + share * 0.44),
            stage.height * 0.1,
            peaks=rng.choice((1, 2, 3)),
        )
        colour = mix(mix(palette[0], palette[2], 0.4 + share * 0.6), palette[3], share)
        canvas.shape(shapes.under(points, stage.height, soft=True), colour)


def _confetti(stage: Stage, palette: Palette) -> None:
    """Discs, half discs and arcs that dance."""
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    for index in range(26):
        share = 1 - index / 26
        x, y = (
            stage.width * ((index * 0.618 + rng.uniform(-0.05, 0.05)) % 1),
            stage.height * ((index * 0.414 + rng.uniform(-0.06, 0.06)) % 1),
        )
        radius = unit * (2 + 13 * share * rng.uniform(0.6, 1.1))
        colour = palette[2 + index % 4]
        match index % 4:
            case 0:
                canvas.circle(x, y, radius, colour)
            case 1:
                with canvas.at(x, y, turn=rng.uniform(0, 360)):
                    canvas.shape(
                        f"M{-radius:.1f} 0A{radius:.1f} {radius:.1f} 0 0 1 {radius:.1f} 0Z", colour
                    )
            case 2:
                canvas.shape(
                    shapes.disc(x, y, radius) + shapes.disc(x, y, radius * 0.62),
                    colour,
                    even_odd=True,
                )
            case _:
                canvas.shape(shapes.petals(x, y, radius, 6, width=0.5, turn=rng.random()), colour)
    dots = "".join(
        shapes.disc(
            rng.uniform(0, stage.width), rng.uniform(0, stage.height), unit * rng.uniform(0.4, 1)
        )
        for _ in range(60)
    )
    canvas.shape(dots, palette[5], outline=False)


def _shards(stage: Stage, palette: Palette) -> None:
    """Jagged splinters that burst from one place."""
    canvas, rng = stage.canvas, stage.rng
    x, y = stage.width * rng.uniform(0.36, 0.64), stage.height * rng.uniform(0.4, 0.62)
    reach = math.hypot(stage.width, stage.height) * 0.62
    for index in range(34):
        angle = math.tau * (index * 0.618 + rng.uniform(-0.02, 0.02))
        far, wide = reach * rng.uniform(0.3, 1.0), rng.uniform(0.03, 0.12)
        near = reach * rng.uniform(0.02, 0.1)
        canvas.polygon(
            [
                (x + math.cos(angle) * near, y + math.sin(angle) * near),
                (x + math.cos(angle - wide) * far, y + math.sin(angle - wide) * far),
                (
                    x + math.cos(angle + wide * 0.4) * far * 1.15,
                    y + math.sin(angle + wide * 0.4) * far * 1.15,
                ),
                (x + math.cos(angle + wide) * far * 0.7, y + math.sin(angle + wide) * far * 0.7),
            ],
            palette[2 + index % 3] if index % 9 else palette[5],
        )
    canvas.shape(shapes.star(x, y, stage.unit * 9, 9, 0.36), palette[5], light=True)


def _rainfall(stage: Stage, palette: Palette) -> None:
    """Thin falling lines, and one small light far off."""
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    x, y = stage.width * rng.choice((0.3, 0.7)), stage.height * rng.uniform(0.55, 0.66)
    for tint, width in ((palette[2], 0.5), (palette[3], 0.3), (palette[5], 0.14)):
        data = ""
        for _ in range(34):
            left, top = rng.uniform(0, stage.width), rng.uniform(-0.2, 0.7) * stage.height
            data += shapes.box(left, top, unit * width, stage.height * rng.uniform(0.08, 0.4))
        canvas.shape(data, tint, opacity=0.7)
    canvas.bands(
        0,
        stage.height * 0.74,
        stage.width,
        stage.height * 0.26,
        ((0.0, palette[3]), (1.0, palette[4])),
        steps=40,
    )
    ripples = "".join(
        shapes.disc(x, stage.height * 0.82, unit * r, unit * r * 0.18)
        + shapes.disc(x, stage.height * 0.82, unit * (r - 0.5), unit * (r - 0.5) * 0.17)
        for r in (6, 12, 19)
    )
    canvas.shape(ripples, palette[5], even_odd=True, opacity=0.6)
    canvas.circle(x, y, unit * 7, palette[5], opacity=0.3, light=True)
    canvas.circle(x, y, unit * 4.2, palette[5], light=True)


def _rings(stage: Stage, palette: Palette) -> None:
    """Rings around an eye of light, and stars."""
    canvas, rng, unit = stage.canvas, stage.rng, stage.unit
    x, y = stage.width * rng.uniform(0.4, 0.6), stage.height * rng.uniform(0.42, 0.58)
    dots = "".join(
        shapes.disc(
            rng.uniform(0, stage.width), rng.uniform(0, stage.height), unit * rng.uniform(0.1, 0.35)
        )
        for _ in range(110)
    )
    canvas.shape(dots, palette[5], light=True, outline=False)
    for index in range(8):
        radius = stage.short * (0.46 - index * 0.054)
        turn = rng.uniform(0, 360)
        colour = palette[2 + index % 3]
        with canvas.at(x, y, turn=turn):
            canvas.shape(
                f"M{-radius:.1f} 0A{radius:.1f} {radius:.1f} 0 1 1 {radius * 0.3:.1f}"
                f" {radius * 0.95:.1f}L{radius * 0.25:.1f} {radius * 0.8:.1f}"
                f"A{radius * 0.84:.1f} {radius * 0.84:.1f} 0 1 0 {-radius * 0.84:.1f}"
                " 0Z",
                mix(palette[0], colour, 0.35 + index * 0.09),
            )
            canvas.circle(-radius, 0, unit * 0.9, palette[5], light=True)
    canvas.circle(x, y, unit * 5, palette[5], light=True)


def _swooshes(stage: Stage, palette: Palette) -> None:
    """Broad ribbons that rush across."""
    canvas, rng = stage.canvas, stage.rng
    for index in range(11):
        start = stage.height * (1.15 - index * 0.11 + rng.uniform(-0.05, 0.05))
        lift = stage.height * rng.uniform(0.4, 0.75)
        thick = stage.unit * rng.uniform(2, 8)
        bend = rng.uniform(0.2, 0.8)
        n = shapes.number
        canvas.shape(
            f"M{n(-stage.width * 0.1)} {n(start)}C{n(stage.width * bend)} {n(start)}"
            f" {n(stage.width * (1 - bend))} {n(start - lift)} {n(stage.width * 1.1)}"
            f" {n(start - lift)}"
            f"V{n(start - lift + thick * 2.4)}C{n(stage.width * (1 - bend * 0.9))}"
            f" {n(start - lift + thick)} {n(stage.width * bend * 1.05)}"
            f" {n(start + thick)} {n(-stage.width * 0.1)} {n(start + thick * 0.5)}Z",
            palette[2 + index % 4],
        )
    for _ in range(9):
        canvas.circle(
            rng.uniform(0, stage.width),
            rng.uniform(0, stage.height),
            stage.unit * rng.uniform(0.8, 3),
            palette[2 + rng.randrange(4)],
        )


def _blocks(stage: Stage, palette: Palette) -> None:
    """Overlapping sheets around a disc, as in a collage."""
    canvas, rng = stage.canvas, stage.rng
    canvas.circle(
        stage.width * rng.uniform(0.34, 0.66),
        stage.height * rng.uniform(0.3, 0.5),
        stage.short * 0.27,
        palette[2],
    )
    for index in range(6):
        wide, tall = stage.width * rng.uniform(0.14, 0.46), stage.height * rng.uniform(0.1, 0.4)
        x, y = (
            rng.uniform(0.02, 0.6) * stage.width,
            stage.height * (0.34 + 0.1 * index * rng.uniform(0.5, 1)),
        )
        with canvas.at(x, y, turn=rng.uniform(-9, 9)):
            canvas.rect(0, 0, wide, tall, palette[2 + (index + 1) % 4])
    n = shapes.number
    for index in range(3):
        radius = stage.short * (0.3 - index * 0.07)
        x, y = stage.width * rng.uniform(0.5, 0.8), stage.height * 0.98
        canvas.shape(
            f"M{n(x - radius)} {n(y)}A{n(radius)} {n(radius)} 0 0 1 {n(x + radius)} {n(y)}Z",
            palette[5 - index],
        )


_FORMS: Mapping[str, Callable[[Stage, Palette], None]] = MappingProxyType({
    "calm": _waves,
    "joyful": _confetti,
    "angry": _shards,
    "sad": _rainfall,
    "mysterious": _rings,
    "energetic": _swooshes,
    "warm": _waves,
    "cold": _rainfall,
    "dark": _rings,
    "bright": _blocks,
})  # fmt: skip
