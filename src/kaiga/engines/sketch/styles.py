"""What a style changes: colours, outlines, edges, and what is laid over the finished drawing."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Pen, Tone
from kaiga.engines.sketch.colours import Rgb, luminance_rgb, mix_rgb, to_rgb
from kaiga.engines.sketch.stage import Stage

PAPER = to_rgb("#f7f1e3")
INK = to_rgb("#22252e")
Finish = Callable[[Stage], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """One way to draw.

    `pen` is an outline colour and its width in units, or None. `pixels` is the number of coarse
    pixels along the longer side, or 0. `own_light` keeps the hour's tint off, so that a style in
    few tones stays legible at night. `relief` lets every shape throw a shadow, as cut paper does.
    `time` is the hour it prefers.
    """

    tone: Tone | None = None
    pen: tuple[str, float] | None = None
    finish: Finish | None = None
    pixels: int = 0
    own_light: bool = False
    relief: bool = False
    time: str = ""


def make_pen(style: Style, unit: float) -> Pen | None:
    """Give the style's outline for a picture whose unit is `unit` pixels."""
    if style.pen is None:
        return None
    colour, width = style.pen
    return Pen(colour=colour, width=max(0.8, width * unit))


def _saturated(rgb: Rgb, share: float) -> Rgb:
    grey = luminance_rgb(rgb)
    red, green, blue = mix_rgb((grey, grey, grey), rgb, share)
    return (min(255.0, max(0.0, red)), min(255.0, max(0.0, green)), min(255.0, max(0.0, blue)))


def _watercolour(rgb: Rgb, _light: bool) -> Rgb:
    return mix_rgb(_saturated(rgb, 0.9), PAPER, 0.26)


def _ink(rgb: Rgb, _light: bool) -> Rgb:
    red, green, blue = rgb
    level = (luminance_rgb(rgb) / 255) ** 0.62
    shade = mix_rgb(INK, PAPER, min(1.0, level * 1.05))
    vermilion = red - max(green, blue) > 95 and green < 110
    return mix_rgb(shade, (196, 58, 44), 0.75) if vermilion else shade


def _woodblock(rgb: Rgb, _light: bool) -> Rgb:
    aged = mix_rgb(_saturated(rgb, 0.86), to_rgb("#ecdcb9"), 0.24)
    red, green, blue = (round(part / 20) * 20.0 for part in aged)
    return (red, green, blue * 0.97)


def _line(rgb: Rgb, light: bool) -> Rgb:
    if not light and luminance_rgb(rgb) < 66:
        return to_rgb("#3a3842")
    return mix_rgb(to_rgb("#fdfbf6"), rgb, 0.05 if light else 0.1)


def _poster(rgb: Rgb, _light: bool) -> Rgb:
    strong = _saturated(rgb, 1.15)
    red, green, blue = (round(part / 32) * 32.0 for part in strong)
    return mix_rgb((red, green, blue), to_rgb("#f3dcae"), 0.16)


def _minimal(rgb: Rgb, _light: bool) -> Rgb:
    return mix_rgb(_saturated(rgb, 0.72), to_rgb("#f5efe6"), 0.16)


def _pastel(rgb: Rgb, _light: bool) -> Rgb:
    return mix_rgb(_saturated(rgb, 0.92), to_rgb("#fff1f4"), 0.4)


def _noir(rgb: Rgb, _light: bool) -> Rgb:
    level = luminance_rgb(rgb) / 255
    curved = level * level * (3 - 2 * level)
    shade = 12 + curved * 240
    return (shade, shade, shade)


def _oil(rgb: Rgb, _light: bool) -> Rgb:
    return _saturated(mix_rgb(rgb, to_rgb("#c98f3c"), 0.07), 1.16)


def _neon(rgb: Rgb, light: bool) -> Rgb:
    if light:
        level = luminance_rgb(rgb) / 255
        glow = mix_rgb(
            (255, 60, 190), (70, 240, 255), min(1.0, max(0.0, (rgb[2] - rgb[0]) / 160 + 0.4))
        )
        return mix_rgb(mix_rgb((14, 8, 40), glow, min(1.0, level * 1.1)), rgb, 0.3)
    red, green, blue = _saturated(rgb, 1.3)
    return mix_rgb((red * 0.72, green * 0.5, blue * 0.85 + 34), (44, 16, 96), 0.3)


def _paper_edge(stage: Stage) -> None:
    """Leave a border of bare paper with a wavering edge, and a few washes."""
    canvas, rng = stage.canvas, stage.rng
    margin = stage.unit * 4
    for _ in range(5):
        x, y = rng.uniform(0, stage.width), rng.uniform(0, stage.height)
        wide = stage.unit * rng.uniform(10, 24)
        data = shapes.blob(rng, x, y, wide, wide * 0.7, 11)
        canvas.shape(data, rng.choice(("#ffffff", "#5f7f9a")), opacity=0.1, outline=False)
    edge: list[tuple[float, float]] = []
    for x, y in _frame_points(stage, margin, 13):
        edge.append((x + rng.uniform(-0.45, 0.45) * margin, y + rng.uniform(-0.45, 0.45) * margin))
    canvas.shape(
        shapes.box(0, 0, stage.width, stage.height) + shapes.smooth(edge),
        "#fdfaf2",
        even_odd=True,
        light=True,
        outline=False,
    )


def _frame_points(stage: Stage, margin: float, count: int) -> list[tuple[float, float]]:
    left, top, right, bottom = margin, margin, stage.width - margin, stage.height - margin
    points = [(left + (right - left) * i / count, top) for i in range(count)]
    points += [(right, top + (bottom - top) * i / count) for i in range(count)]
    points += [(right - (right - left) * i / count, bottom) for i in range(count)]
    points += [(left, bottom - (bottom - top) * i / count) for i in range(count)]
    return points


def _seal(stage: Stage) -> None:
    """Stamp a red seal of plain strokes, which is no writing."""
    canvas, unit = stage.canvas, stage.unit
    x, y, size = stage.width - unit * 11, unit * 5, unit * 6
    canvas.rect(x, y, size, size, "#c43a2c", round_by=unit * 0.6, light=True, outline=False)
    marks = shapes.disc(x + size * 0.5, y + size * 0.5, size * 0.3) + shapes.disc(
        x + size * 0.5, y + size * 0.5, size * 0.22
    )
    canvas.shape(marks, "#f7f1e3", even_odd=True, light=True, outline=False)
    canvas.shape(
        shapes.petals(x + size * 0.5, y + size * 0.5, size * 0.18, 5, width=0.4),
        "#f7f1e3",
        light=True,
        outline=False,
    )


def _frame(colour: str, margin: float) -> Finish:
    def draw(stage: Stage) -> None:
        canvas, wide = stage.canvas, stage.unit * margin
        outer = shapes.box(0, 0, stage.width, stage.height)
        canvas.shape(
            outer + shapes.box(wide, wide, stage.width - 2 * wide, stage.height - 2 * wide),
            colour,
            even_odd=True,
            light=True,
            outline=False,
        )
        inner = wide * 1.35
        line = shapes.box(inner, inner, stage.width - 2 * inner, stage.height - 2 * inner)
        thin = inner + stage.unit * 0.28
        canvas.shape(
            line + shapes.box(thin, thin, stage.width - 2 * thin, stage.height - 2 * thin),
            "#2b2a3a",
            even_odd=True,
            light=True,
            outline=False,
        )

    return draw


def _rays(stage: Stage) -> None:
    """Lay a fan of light over the upper part, and a frame around all."""
    middle, base = stage.width * 0.5, stage.height * 0.62
    reach = math.hypot(stage.width, stage.height)
    data = ""
    for index in range(16):
        if index % 2:
            continue
        start, end = math.pi * (1 + index / 16), math.pi * (1 + (index + 1) / 16)
        data += shapes.polygon([
            (middle, base), (middle + math.cos(start) * reach, base + math.sin(start) * reach),
            (middle + math.cos(end) * reach, base + math.sin(end) * reach),
        ])  # fmt: skip
    stage.canvas.shape(data, "#fff3d0", opacity=0.1, light=True)
    _frame("#f6ead0", 3.0)(stage)


def _brushwork(stage: Stage) -> None:
    """Lay short curved strokes over all, lighter and darker than what lies under them."""
    rng, unit = stage.rng, stage.unit
    for colour, opacity in (("#fff3d6", 0.15), ("#2a1c3f", 0.1)):
        data = ""
        for _ in range(260):
            x, y = rng.uniform(0, stage.width), rng.uniform(0, stage.height)
            angle = math.sin(x / unit / 17) + math.cos(y / unit / 13)
            long = unit * rng.uniform(2, 5)
            data += shapes.leaf(
                (x, y), (x + math.cos(angle) * long, y + math.sin(angle) * long), 0.2
            )
        stage.canvas.shape(data, colour, opacity=opacity, light=True)


def _scanlines(stage: Stage) -> None:
    canvas = stage.canvas
    step = max(3.0, stage.unit * 0.9)
    data = "".join(
        shapes.box(0, y * step, stage.width, step * 0.3) for y in range(round(stage.height / step))
    )
    canvas.shape(data, "#0a0526", opacity=0.16, light=True)


STYLES: Mapping[str, Style] = MappingProxyType({
    "": Style(),
    "watercolour": Style(tone=_watercolour, pen=("#6f6470", 0.1), finish=_paper_edge),
    "ink": Style(tone=_ink, pen=("#2a2a30", 0.16), finish=_seal, own_light=True),
    "woodblock": Style(tone=_woodblock, pen=("#2b3350", 0.22), finish=_frame("#f0e4c8", 2.4)),
    "pixel": Style(pixels=128),
    "line": Style(tone=_line, pen=("#34323c", 0.2), own_light=True),
    "papercut": Style(tone=_minimal, relief=True),
    "poster": Style(tone=_poster, finish=_rays),
    "minimal": Style(tone=_minimal),
    "pastel": Style(tone=_pastel),
    "noir": Style(tone=_noir, time="night", own_light=True),
    "oil": Style(tone=_oil, finish=_brushwork),
    "neon": Style(tone=_neon, finish=_scanlines, time="night", own_light=True),
})  # fmt: skip
"""Every style of the lexicon, and the plain one under the empty name."""
