"""Every look and every stuff there is, and which of them a text asks for."""

import re
import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

import numpy as np

from kaiga.engines.sketch.edits.fields import make_noise
from kaiga.engines.sketch.edits.filters import drawn, lens, painted, printed
from kaiga.engines.sketch.edits.filters.materials import STUFFS
from kaiga.engines.sketch.edits.pictures import Field, Pixels, mixed, resized
from kaiga.engines.sketch.reading import READ_CHARACTERS
from kaiga.engines.sketch.words import normalise

Filter = Callable[[Pixels, np.random.Generator], Pixels]

LOOKS: Mapping[str, Filter] = MappingProxyType({
    "watercolour": painted.watercolour,
    "ink": painted.ink,
    "woodblock": drawn.woodblock,
    "pixel": printed.pixel,
    "line": drawn.pencil,
    "papercut": printed.paper_cut,
    "poster": printed.poster,
    "minimal": printed.minimal,
    "pastel": painted.pastel,
    "noir": drawn.noir,
    "oil": painted.oil,
    "neon": drawn.neon,
    "cartoon": drawn.cartoon,
    "picture_book": painted.picture_book,
    "gold_foil": drawn.gold_foil,
    "photograph": lens.photograph,
    "toy": lens.toy,
})  # fmt: skip
"""The painter's own styles by their names, and looks that only given pictures have."""

MOST_PIXELS = 2_400_000
"""Larger pictures get their look at this size: a brush stroke has no finer detail to lose."""


def apply_look(name: str, pixels: Pixels, *parts: str | int) -> Pixels:
    """Give a picture one of `LOOKS`; `parts` seed its chance."""
    height, width = pixels.shape[:2]
    share = min(1.0, (MOST_PIXELS / (height * width)) ** 0.5)
    small = resized(pixels, max(1, round(width * share)), max(1, round(height * share)))
    look = LOOKS[name](small, make_noise("look", name, *parts))
    return resized(look, width, height)


def apply_stuff(name: str, pixels: Pixels, share: Field, *parts: str | int) -> Pixels:
    """Make what `share` chooses of one of `STUFFS`; nothing else changes."""
    made = STUFFS[name](pixels, share, make_noise("stuff", name, *parts))
    return mixed(pixels, made, share)


def find_look(text: str, style: str) -> str:
    """Tell which look a text asks for: by its own words, else the painter's `style`, else none."""
    return _find("looks", text) or (style if style in LOOKS else "")


def find_stuff(text: str) -> str:
    """Tell what a thing shall be made of, if a text says so."""
    return _find("stuffs", text)


def _find(kind: str, text: str) -> str:
    names, pattern = _words(kind)
    match = pattern.search(normalise(text[:READ_CHARACTERS]))
    return names[match[0]] if match else ""


@cache
def _words(kind: str) -> tuple[Mapping[str, str], re.Pattern[str]]:
    folder = resources.files("kaiga.engines.sketch.edits.filters")
    document = tomllib.loads(folder.joinpath("words.toml").read_text("utf-8"))
    names = {normalise(str(word)): name for name, words in document[kind].items() for word in words}
    ordered = sorted(names, key=len, reverse=True)
    patterns = (
        rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)
        for word in ordered
    )
    return names, re.compile("|".join(patterns))
