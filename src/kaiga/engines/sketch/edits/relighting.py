"""Changes hour, weather, season and mood of a picture: its sky, its light, and what falls.

Skies and weather are the painter's own (`backdrops/heavens.py`), laid behind or before what the
picture shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from kaiga.engines.sketch import shapes
from kaiga.engines.sketch.backdrops.heavens import draw_weather, paint_sky
from kaiga.engines.sketch.canvas import Canvas
from kaiga.engines.sketch.edits.fields import gauss, grown, luma, make_noise, smooth_noise
from kaiga.engines.sketch.edits.filters.means import colour_floats, unit_of, vignette
from kaiga.engines.sketch.edits.hues import from_lab, to_lab
from kaiga.engines.sketch.edits.painting import render_canvas
from kaiga.engines.sketch.edits.pictures import (
    Field,
    Layer,
    Pixels,
    laid_over,
    mixed,
    to_floats,
    to_pixels,
)
from kaiga.engines.sketch.edits.subjects import find_sky, find_subject
from kaiga.engines.sketch.lighting import Light, make_light
from kaiga.engines.sketch.motifs.table import MOTIFS, Habitat
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.scene import Scene
from kaiga.engines.sketch.stage import Stage

_DARK = 0.3
"""Mean lightness under which a picture counts as one of the night."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """How all colours of a picture change: nothing at the defaults.

    `warmth` and `tint` move all colours to yellow and to red, `light` and `contrast` change
    lightness, `colour` multiplies how strong colours are, `corners` darkens the corners.
    """

    warmth: float = 0.0
    tint: float = 0.0
    light: float = 0.0
    contrast: float = 1.0
    colour: float = 1.0
    corners: float = 0.0


MOODS: Mapping[str, Grade] = MappingProxyType({
    "calm": Grade(light=0.03, contrast=0.88, colour=0.85, warmth=-0.008),
    "joyful": Grade(light=0.06, colour=1.3, warmth=0.02),
    "angry": Grade(light=-0.1, contrast=1.3, colour=1.15, tint=0.045, corners=0.5),
    "sad": Grade(light=-0.06, contrast=0.9, colour=0.5, warmth=-0.025),
    "mysterious": Grade(light=-0.1, contrast=1.1, warmth=-0.03, tint=0.02, corners=0.7),
    "energetic": Grade(contrast=1.22, colour=1.4),
    "warm": Grade(light=0.03, warmth=0.04, tint=0.015, colour=1.08),
    "cold": Grade(light=0.01, warmth=-0.045, colour=0.9),
    "dark": Grade(light=-0.2, contrast=1.12, colour=0.8, corners=0.8),
    "bright": Grade(light=0.09, contrast=1.05, colour=1.25),
})  # fmt: skip
"""What each mood does to the colours of a whole picture."""


def changes_light(scene: Scene) -> bool:
    """Tell whether a scene says anything about hour, weather, season, mood or the sky."""
    return bool(scene.time or scene.weather or scene.season or scene.moods or _in_the_sky(scene))


def relit(pixels: Pixels, scene: Scene, *parts: str | int) -> Pixels:
    """Give a picture the hour, weather, season and mood of `scene`; `parts` seed the chance."""
    result = pixels
    if scene.season:
        result = _seasoned(result, scene.season, *parts)
    if scene.time or scene.weather or _in_the_sky(scene):
        result = _lit(result, scene, *parts)
    for mood in scene.moods:
        result = graded(result, MOODS[mood]) if mood in MOODS else result
    return result


def under_light(pixels: Pixels, light: Light) -> Pixels:
    """Give things the colours of the hour, as the painter's tone does."""
    floats = to_floats(pixels) * np.array(light.tint, dtype=np.float32)
    if light.grey:
        level = luma(to_pixels(floats))[..., None]
        floats = floats * (1 - light.grey) + level * light.grey
    return to_pixels(floats)


def graded(pixels: Pixels, grade: Grade) -> Pixels:
    """Change all colours of a picture alike."""
    lab = to_lab(pixels)
    middle = float(lab[..., 0].mean())
    lab[..., 0] = (lab[..., 0] - middle) * grade.contrast + middle + grade.light
    lab[..., 1:] *= grade.colour
    lab[..., 1] += grade.tint
    lab[..., 2] += grade.warmth
    if grade.corners:
        lab[..., 0] *= 1 - (1 - vignette(*pixels.shape[:2])) * grade.corners
    return from_lab(lab)


def gently_changed(pixels: Pixels, *parts: str | int) -> Pixels:
    """Give a picture another mood of light: slight, but to be seen, and another for other parts."""
    noise = make_noise("gentle", *parts)
    warmth = float(noise.choice((-1.0, 1.0))) * float(noise.uniform(0.018, 0.032))
    return graded(
        pixels,
        Grade(
            warmth=warmth,
            tint=float(noise.uniform(-0.012, 0.016)),
            light=float(noise.uniform(-0.02, 0.03)),
            contrast=float(noise.uniform(1.05, 1.14)),
            colour=float(noise.uniform(1.1, 1.3)),
            corners=float(noise.uniform(0.2, 0.5)),
        ),
    )


def _in_the_sky(scene: Scene) -> bool:
    return any(MOTIFS[m.motif].habitat is Habitat.HEAVENS for m in scene.mentions)


def _lit(pixels: Pixels, scene: Scene, *parts: str | int) -> Pixels:
    scene = _with_hour(scene)
    light = make_light(scene.time, scene.weather)
    sky = find_sky(pixels)
    unit = unit_of(pixels)
    result = under_light(pixels, light)
    if scene.time == "day" or "clear" in scene.weather:
        result = _by_day(result)
    if light.lit:
        result = _lamps_lit(result, pixels, sky, unit)
    if "snow" in scene.weather:
        result = _snowed(result, pixels, sky, unit, *parts)
    if "fog" in scene.weather:
        result = _hazed(result, sky, find_subject(pixels), light)
    stage = _stage(pixels, scene, light, *parts)
    if sky.any():
        result = mixed(result, _painted_sky(stage, sky), sky)
    return _weathered(result, replace(stage, canvas=_canvas(pixels)))


def _with_hour(scene: Scene) -> Scene:
    """Let stars and fireworks bring their night along."""
    nightly = {"moon", "star", "milky_way", "aurora", "fireworks"}
    if scene.time or not any(m.motif in nightly for m in scene.mentions):
        return scene
    return replace(scene, time="night")


def _canvas(pixels: Pixels) -> Canvas:
    return Canvas(width=pixels.shape[1], height=pixels.shape[0])


def _stage(pixels: Pixels, scene: Scene, light: Light, *parts: str | int) -> Stage:
    above = tuple(m for m in scene.mentions if MOTIFS[m.motif].habitat is Habitat.HEAVENS)
    return Stage(
        canvas=_canvas(pixels),
        rng=make_random("relit", *parts),
        light=light,
        scene=replace(scene, mentions=above),
    )


def _painted_sky(stage: Stage, sky: Field) -> Pixels:
    rows = np.flatnonzero((sky > 0.5).any(axis=1))
    bottom = float(rows[-1]) if rows.size else stage.height / 2
    paint_sky(stage, max(bottom, stage.height * 0.2))
    return render_canvas(stage.canvas)[..., :3]


def _by_day(pixels: Pixels) -> Pixels:
    """Bring a dark picture to the light of day; a bright one becomes a little clearer."""
    lab = to_lab(pixels)
    middle = float(lab[..., 0].mean())
    if middle < 0.55:
        lab[..., 0] = np.clip(lab[..., 0], 0, 1) ** (np.log(0.68) / np.log(max(middle, 0.12)))
        lab[..., 1:] *= 1.25
        lab[..., 2] += 0.02
        return from_lab(lab)
    return graded(pixels, Grade(light=0.03, contrast=1.06, colour=1.14, warmth=0.008))


def _lamps_lit(result: Pixels, before: Pixels, sky: Field, unit: float) -> Pixels:
    """Let small bright spots, such as windows, give warm light."""
    light = luma(before)
    spots = np.clip((light - gauss(light, unit * 3) - 0.06) * 7, 0, 1) * (1 - sky)
    spots *= np.clip((light - 0.42) * 4, 0, 1)
    spots[grown(sky > 0.3, max(2, round(unit)))] = 0
    glow = np.clip(spots * 0.85 + gauss(spots, unit * 1.2) * 0.8, 0, 1)[..., None]
    lamp = colour_floats("#ffd98a")
    floats = to_floats(result)
    return to_pixels(1 - (1 - floats) * (1 - lamp * glow * 0.8))


def _snowed(result: Pixels, before: Pixels, sky: Field, unit: float, *parts: str | int) -> Pixels:
    """Lay snow on the ground and on whatever has a top."""
    height, width = before.shape[:2]
    noise = make_noise("snow", *parts)
    subject = find_subject(before)
    rows = np.arange(height, dtype=np.float32)[:, None] / height
    ground = np.clip((rows - 0.35) * 3.2, 0, 1) * (1 - subject) * (1 - sky)
    drift = 0.78 + 0.22 * smooth_noise(noise, width, height, unit * 8, 3)
    light = luma(before)
    deep = max(2, round(unit * 0.9))
    above = np.concatenate([np.repeat(light[:1], deep, axis=0), light[:-deep]])
    tops = np.clip((np.abs(above - light) - 0.06) * 5, 0, 1) * (1 - sky) * 0.55
    capped = _caps(subject, unit, drift)
    share = np.clip(np.maximum.reduce([ground * drift * 0.94, tops, capped]), 0, 0.95)
    blanket = 0.9 + 0.1 * (light - float(light.mean())) + 0.02 * drift
    white = blanket[..., None] * np.array((0.95, 0.97, 1.0), dtype=np.float32)
    return mixed(result, to_pixels(white), share)


def _caps(subject: Field, unit: float, drift: Field) -> Field:
    """Give the upper rim of the subject, thick in places."""
    deep = max(2, round(unit * 1.4))
    above = np.concatenate([np.zeros((deep, subject.shape[1])), subject[:-deep]])
    return np.clip(subject - above, 0, 1) * np.clip(drift * 1.6 - 0.5, 0, 1)


def _hazed(result: Pixels, sky: Field, subject: Field, light: Light) -> Pixels:
    """Let far things fade: what is high on the ground is far away."""
    height = result.shape[0]
    rows = np.arange(height, dtype=np.float32)[:, None] / height
    low = np.flatnonzero((sky > 0.5).any(axis=1))
    horizon = float(low[-1]) / height if low.size else 0.45
    near = np.clip((rows - horizon) / max(1 - horizon, 0.1), 0, 1)
    share = np.clip(0.78 - 0.66 * near, 0, 0.78) * (1 - 0.6 * subject)
    haze = np.broadcast_to(colour_floats(light.haze), result.shape)
    return mixed(result, to_pixels(haze), share)


def _weathered(pixels: Pixels, stage: Stage) -> Pixels:
    draw_weather(stage)
    return laid_over(pixels, render_canvas(stage.canvas), 0, 0)


def _seasoned(pixels: Pixels, season: str, *parts: str | int) -> Pixels:
    unit = unit_of(pixels)
    height, width = pixels.shape[:2]
    noise = make_noise("season", season, *parts)
    lab = to_lab(pixels)
    leafy = np.clip((-lab[..., 1] - 0.02) * 18, 0, 1) * np.clip((lab[..., 2] - 0.015) * 18, 0, 1)
    leafy = gauss(leafy, max(0.8, unit * 0.1))
    if season == "winter":
        cold = graded(pixels, Grade(warmth=-0.02, colour=0.75, light=0.03))
        return _snowed(cold, pixels, find_sky(pixels), unit, *parts)
    if season == "summer":
        lab[..., 1:] *= 1.18
        lab[..., 1] -= leafy * 0.02
        lab[..., 0] += 0.025
        return from_lab(lab)
    patches = smooth_noise(noise, width, height, unit * 5, 2)
    if season == "autumn":
        lab[..., 1] += leafy * (0.16 + 0.06 * patches)
        lab[..., 2] += leafy * 0.02
        lab[..., 0] += leafy * 0.02
        lab[..., 2] += 0.012
        return laid_over(
            from_lab(lab), _falling(pixels, ("#d9762b", "#c4482e", "#e3a83a"), *parts), 0, 0
        )
    rows = np.arange(height, dtype=np.float32)[:, None] / height
    blossom = leafy * np.clip(patches * 3 - 0.1, 0, 1) * np.clip((0.66 - rows) * 6, 0, 1)
    lab[..., 1] += blossom * 0.19
    lab[..., 2] -= blossom * 0.11
    lab[..., 0] += blossom * 0.2 + leafy * 0.03
    return laid_over(from_lab(lab), _falling(pixels, ("#f7b7cb", "#fbd5e0"), *parts), 0, 0)


def _falling(pixels: Pixels, colours: tuple[str, ...], *parts: str | int) -> Layer:
    """Draw leaves or petals on their way down."""
    canvas, rng = _canvas(pixels), make_random("falling", *parts)
    unit = unit_of(pixels)
    for colour in colours:
        data = ""
        for _ in range(26):
            x, y = rng.uniform(0, canvas.width), rng.uniform(0, canvas.height)
            size = unit * rng.uniform(0.7, 1.7)
            down = rng.uniform(-0.6, 0.9) * size
            data += shapes.leaf((x, y), (x + size, y + down), 0.28)
        canvas.shape(data, colour, opacity=0.92, outline=False)
    return render_canvas(canvas)
