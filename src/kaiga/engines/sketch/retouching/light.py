"""Gives clips another hour, weather, season and mood: what falls and what the light does."""

from dataclasses import replace

import numpy as np
from PIL import Image, ImageChops

from kaiga.engines.sketch.colours import to_rgb
from kaiga.engines.sketch.edits.hues import lab_of
from kaiga.engines.sketch.edits.pictures import Pixels
from kaiga.engines.sketch.edits.relighting import MOODS, under_light
from kaiga.engines.sketch.film.airborne import SWARMS, Flight, choose_swarms
from kaiga.engines.sketch.film.frames import ClipForm, Frame
from kaiga.engines.sketch.lighting import Light, make_light
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.retouching.grading import ColourTable, hued, toned
from kaiga.engines.sketch.scene import Scene

_PAINTED_ONLY = frozenset({"stars", "galaxy", "motes", "seeds"})
"""What is in the air of painted scenes, and would look like faults of a given clip."""
_NIGHTLY = frozenset({"moon", "star", "milky_way", "aurora", "fireworks"})
_LEAF = "#4f8f3a"
_FOG_SHARE = 0.62
_SKY_STRENGTH = 0.5


class Relit:
    """The light and the air of one scene over a clip."""

    def __init__(self, scene: Scene, form: ClipForm, seed: str) -> None:
        if not scene.time and any(mention.motif in _NIGHTLY for mention in scene.mentions):
            scene = replace(scene, time="night")
        self._table = ColourTable(lambda pixels: _coloured(pixels, scene))
        size = form.width_pixels, form.height_pixels
        self._veil = _make_veil(scene, *size)
        self._fog = _make_fog(scene, *size)
        self._flights = [
            Flight(SWARMS[name], make_random("air", seed, name), *size)
            for name in choose_swarms(scene)
            if name not in _PAINTED_ONLY
        ]

    def apply(self, frame: Frame, seconds: float) -> Frame:
        """Give the frame of this time under the light."""
        image = self._table.apply(Image.fromarray(frame))
        if self._veil is not None:
            image = ImageChops.multiply(image, self._veil)
        if self._fog is not None:
            haze, density = self._fog
            image.paste(haze, (0, 0), density)
        for flight in self._flights:
            flight.draw(image, seconds)
        return np.asarray(image)


def _coloured(pixels: Pixels, scene: Scene) -> Pixels:
    match scene.season:
        case "autumn":
            pixels = toned(hued(pixels, lab_of(_LEAF), "#d9822b"), warmth=0.02)
        case "winter":
            pixels = toned(pixels, light=0.08, colour=0.5, warmth=-0.03)
        case "spring":
            pixels = toned(pixels, light=0.05, colour=1.15)
        case "summer":
            pixels = toned(pixels, light=0.03, colour=1.2, warmth=0.02)
        case _:
            pass
    if scene.time or scene.weather:
        pixels = under_light(pixels, make_light(scene.time, scene.weather))
    if scene.time == "day" or "clear" in scene.weather:
        pixels = toned(pixels, light=0.05, contrast=1.06, colour=1.15)
    if "snow" in scene.weather:
        pixels = toned(pixels, light=0.1, colour=0.6, warmth=-0.02)
    for grade in (MOODS[mood] for mood in scene.moods if mood in MOODS):
        pixels = toned(
            pixels,
            light=grade.light,
            contrast=grade.contrast,
            colour=grade.colour,
            warmth=grade.warmth,
        )
    return pixels


def _make_veil(scene: Scene, width: int, height: int) -> Image.Image | None:
    """Make what the sky's colours do to a frame: much above, little below."""
    if scene.time not in {"dawn", "sunset", "dusk", "night"}:
        return None
    light = make_light(scene.time, scene.weather)
    rows = _sky_rows(light, height)
    share = (_SKY_STRENGTH * (1 - np.linspace(0, 1, height) ** 0.8))[:, None]
    brightest = rows.max(axis=1, keepdims=True)
    veil = 1 - share + share * rows / np.maximum(brightest, 1)
    if scene.time == "night":
        veil *= 1 - 0.35 * share
    row = np.rint(np.clip(veil, 0, 1) * 255).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(np.repeat(row[:, None], width, axis=1)))


def _sky_rows(light: Light, height: int) -> Pixels:
    """Give the colours of a light's sky from the top down over two thirds of the height."""
    places = np.clip(np.linspace(0, 1.5, height), 0, 1)
    stops = [stop for stop, _ in light.stops]
    colours = np.array([to_rgb(colour) for _, colour in light.stops], np.float64)
    rows = [np.interp(places, stops, colours[:, channel]) for channel in range(3)]
    return np.rint(np.stack(rows, axis=1)).astype(np.uint8)


def _make_fog(scene: Scene, width: int, height: int) -> tuple[Image.Image, Image.Image] | None:
    """Make the haze and how thick it is: thickest where the distance is."""
    if not {"fog", "snow"} & set(scene.weather):
        return None
    light = make_light(scene.time, scene.weather)
    strength = _FOG_SHARE if "fog" in scene.weather else 0.22
    rows = np.linspace(0, 1, height)
    thick = strength * np.where(rows < 0.45, 0.75 + 0.25 * rows / 0.45, (1 - (rows - 0.45)) ** 1.6)
    column = np.rint(np.clip(thick, 0, 1) * 255).astype(np.uint8)[:, None]
    density = Image.fromarray(np.ascontiguousarray(np.repeat(column, width, axis=1)))
    return Image.new("RGB", (width, height), light.haze), density
