"""Hats, glasses, scarves and bows that a person or an animal in a picture can be given."""

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

import numpy as np

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.colours import darker, lighter
from kaiga.engines.sketch.edits.fields import extent
from kaiga.engines.sketch.edits.painting import render_canvas
from kaiga.engines.sketch.edits.pictures import Field, Pixels, laid_over
from kaiga.engines.sketch.edits.standing import Box, in_light_of
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.words import normalise

_REACH = 16
"""How many characters before a word its colour may begin."""
_COLOURS = ("#c8423f", "#2f6db0", "#3c8a5a", "#d9982f", "#6a4a9c")


def find_worn(text: str) -> dict[str, str]:
    """Tell what can be worn that a text names, each with its colour as `#rrggbb`, or empty."""
    names, pattern = _words()
    spelled = normalise(text)
    found: dict[str, str] = {}
    for match in pattern.finditer(spelled):
        scene = read_prompt(spelled[max(0, match.start() - _REACH) : match.start()])
        said = (*scene.colours, *(colour for m in scene.mentions for colour in m.colours))
        found.setdefault(names[match[0]], said[-1] if said else "")
    return found


@cache
def _words() -> tuple[Mapping[str, str], re.Pattern[str]]:
    folder = resources.files("kaiga.engines.sketch.edits")
    document = tomllib.loads(folder.joinpath("worn.toml").read_text("utf-8"))
    names = {normalise(str(word)): name for name, words in document.items() for word in words}
    ordered = sorted(names, key=len, reverse=True)
    return names, re.compile(
        "|".join(
            rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)
            for word in ordered
        )
    )


_HEAD_RATIO = 1.7
"""A person that is less tall per its width is shown as a head alone."""


def dressed(
    pixels: Pixels,
    share: Field,
    name: str,
    colour: str,
    noise: np.random.Generator,
    *,
    person: bool = False,
) -> Pixels:
    """Put one of the worn things on who `share` chooses; `colour` is `#rrggbb` or empty.

    `person` tells that it is no animal: people are often shown as a head alone.
    """
    head = find_head(share, person=person)
    left, top, right, bottom = head
    wide, tall = max(right - left, 4), max(bottom - top, 4)
    canvas = Canvas(width=wide * 2, height=tall * 3.6)
    paint = colour or str(noise.choice(_COLOURS))
    with canvas.at(wide, tall * 1.4, wide / 100):
        _WORN[name](canvas, paint, tall / wide)
    layer = in_light_of(render_canvas(canvas), pixels)
    return laid_over(pixels, layer, round(left + wide / 2 - wide), round(top - tall * 1.4))


def find_head(share: Field, *, person: bool) -> Box:
    """Guess the head of who is chosen: the upper part, as wide as it is there."""
    left, top, right, bottom = extent(share > 0.5)
    if right - left < 4:
        height, width = share.shape
        return (width // 3, height // 4, width * 2 // 3, height // 2)
    tall = bottom - top
    if person and tall < _HEAD_RATIO * (right - left):
        return (left, top, right, bottom)
    deep = min(round(tall * 0.34), round((right - left) * 0.95))
    deep = max(deep, 4)
    rows = share[top + deep // 3 : top + deep] > 0.5
    columns = np.flatnonzero(rows.mean(axis=0) > 0.45)
    if columns.size:
        left, right = int(columns[0]), int(columns[-1]) + 1
    return (left, top, right, min(bottom, top + max(4, min(deep, round((right - left) * 1.1)))))


def _hat(canvas: Canvas, colour: str, _tall: float) -> None:
    canvas.ellipse(0, 4, 66, 12, darker(colour, 0.2))
    canvas.shape("M-42 2C-42 -34 -30 -56 0 -56C30 -56 42 -34 42 2C20 10 -20 10 -42 2Z", colour)
    canvas.shape("M-42 -8C-20 2 20 2 42 -8L42 2C20 11 -20 11 -42 2Z", darker(colour, 0.42))
    canvas.shape("M-28 -22C-27 -38 -20 -47 -8 -50C-18 -42 -22 -34 -22 -20Z", lighter(colour, 0.35))


def _glasses(canvas: Canvas, colour: str, tall: float) -> None:
    y = 48 * tall
    for x in (-25, 25):
        canvas.circle(x, y, 19, darker(colour, 0.55))
        canvas.circle(x, y, 15, "#1d2230", opacity=0.88)
        canvas.shape(shapes.disc(x - 5, y - 6, 4, 3), "#ffffff", opacity=0.75)
    canvas.line([(-7, y - 3), (7, y - 3)], darker(colour, 0.55), 4.5)
    for x in (-1, 1):
        canvas.line([(44 * x, y - 4), (54 * x, y - 8)], darker(colour, 0.55), 4.5)


def _scarf(canvas: Canvas, colour: str, tall: float) -> None:
    y = 100 * tall
    canvas.shape(
        f"M-46 {y - 8:.1f}C-20 {y + 8:.1f} 20 {y + 8:.1f} 46 {y - 8:.1f}"
        f"L44 {y + 12:.1f}C20 {y + 28:.1f} -20 {y + 28:.1f} -44 {y + 12:.1f}Z",
        colour,
    )
    canvas.shape(
        f"M10 {y + 10:.1f}L34 {y + 8:.1f}L30 {y + 34:.1f}L12 {y + 34:.1f}Z", darker(colour)
    )
    for step in range(4):
        canvas.line([(13 + step * 5.5, y + 33), (13 + step * 5.5, y + 38)], darker(colour, 0.3), 2)


def _bow(canvas: Canvas, colour: str, tall: float) -> None:
    y = 102 * tall
    for side in (-1, 1):
        canvas.shape(
            f"M0 {y:.1f}C{14 * side} {y - 20:.1f} {34 * side} {y - 20:.1f} {34 * side} {y:.1f}"
            f"C{34 * side} {y + 20:.1f} {14 * side} {y + 20:.1f} 0 {y:.1f}Z",
            colour,
        )
        canvas.shape(
            f"M{6 * side} {y:.1f}C{14 * side} {y - 6:.1f} {20 * side} {y - 8:.1f} {24 * side}"
            f" {y - 6:.1f}C{18 * side} {y - 2:.1f} {12 * side} {y:.1f} {6 * side} {y:.1f}Z",
            darker(colour, 0.25),
        )
    canvas.circle(0, y, 7, darker(colour, 0.2))


_WORN: Mapping[str, Callable[[Canvas, str, float], None]] = MappingProxyType({
    "hat": _hat,
    "glasses": _glasses,
    "scarf": _scarf,
    "bow": _bow,
})  # fmt: skip
