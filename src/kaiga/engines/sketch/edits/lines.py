"""Pictures along given lines: the task `sketch-to-image`, and the function `doodle`."""

from collections.abc import Sequence
from dataclasses import replace
from typing import cast

import numpy as np
from numpy.typing import NDArray

from kaiga.engines.sketch.edits.fields import gauss, grown, luma, make_noise, pieces, scaled, slopes
from kaiga.engines.sketch.edits.files import make_png
from kaiga.engines.sketch.edits.filters.means import unit_of
from kaiga.engines.sketch.edits.hues import clusters, from_lab, lab_of, to_lab
from kaiga.engines.sketch.edits.painting import paint_motif, paint_scene, paint_understood
from kaiga.engines.sketch.edits.pictures import (
    MASK_TOLERANCE,
    Field,
    Floats,
    Pixels,
    covering,
    mixed,
    open_pixels,
    resized,
    to_floats,
    to_pixels,
)
from kaiga.engines.sketch.edits.relighting import changes_light, relit
from kaiga.engines.sketch.edits.repainting import get_input
from kaiga.engines.sketch.edits.styles import finished, styled_prompt
from kaiga.engines.sketch.making import Made, Making, Step
from kaiga.engines.sketch.motifs.table import MOTIFS
from kaiga.engines.sketch.reading import read_prompt, without
from kaiga.engines.sketch.scene import Scene
from kaiga.ports.engine import GenerationJob, JsonValue

_SMALL_SIDE = 420
_STEPS = 3
_MOST_WEIGHT = 10
"""The option `sketch_weight` goes from 0, free, to 10, along the lines."""
_CHEERFUL = ("#e2725b", "#f0b64e", "#6fa06a", "#5b8fc4", "#b07bb5", "#efe3c8", "#8a5a44")


def sketch_to_picture(job: GenerationJob) -> Making:
    """Paint what the prompt says along the lines of a sketch.

    Options: `sketch_weight` 0 to 10; `sketch_extraction` takes the lines from any picture;
    `sketch_color` lists the colours of the lines, all dark ones if there are none; `style`.

    Raises:
        Refused: the file can't be decoded.
    """
    yield Step(step=1, steps=_STEPS)
    given = open_pixels(get_input(job, "sketch"))
    width, height = job.width_pixels or given.shape[1], job.height_pixels or given.shape[0]
    sketch = covering(given, width, height)
    extracted = bool(job.options.get("sketch_extraction"))
    colours = () if extracted else _colours(job.options.get("sketch_color"))
    lines = lines_of(sketch, is_sketch=not extracted, colours=colours)
    yield Step(step=2, steps=_STEPS)
    prompt = styled_prompt(job)
    drawn = along_lines(lines, prompt, job.negative_prompt, job.prompt, job.seed)
    weight = job.options.get("sketch_weight")
    share = float(weight) / _MOST_WEIGHT if isinstance(weight, int | float) else 1.0
    if share < 1:
        free = paint_scene(
            prompt,
            width=width,
            height=height,
            seed=job.seed,
            negative_prompt=job.negative_prompt,
        )
        drawn = mixed(free, drawn, np.full(lines.shape, share, dtype=np.float32))
    yield Step(step=3, steps=_STEPS)
    return Made(files=(make_png(job, finished(drawn, job)),))


def _colours(listed: JsonValue) -> tuple[tuple[int, ...], ...]:
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        return ()
    return tuple(tuple(colour) for colour in cast("Sequence[Sequence[int]]", listed))


def lines_of(pixels: Pixels, *, is_sketch: bool, colours: Sequence[Sequence[int]] = ()) -> Field:
    """Tell where lines run, 0 to 1.

    Of a sketch they are what is darker than the paper around (or lighter, on dark paper), or what
    has one of `colours`; of any other picture they are its outlines.
    """
    if not is_sketch:
        return _contours(pixels)
    if colours:
        found = np.zeros(pixels.shape[:2], dtype=np.float32)
        for colour in colours:
            away = np.abs(pixels.astype(np.int16) - np.array(colour[:3], dtype=np.int16))
            found = np.maximum(found, np.clip(1.4 - away.max(axis=2) / (MASK_TOLERANCE * 2), 0, 1))
        return found
    light = luma(pixels)
    if float(np.median(light)) < 0.4:
        light = 1 - light
    paper = gauss(np.maximum(light, float(np.median(light)) * 0.92), unit_of(pixels) * 3)
    return np.clip((paper - light) * 2.2 - 0.12, 0, 1)


def _contours(pixels: Pixels) -> Field:
    """Tell where colours meet, in thin lines: where they change faster than beside it."""
    lab = to_lab(pixels)
    sigma = max(0.8, unit_of(pixels) * 0.1)
    right, down = np.zeros(lab.shape[:2]), np.zeros(lab.shape[:2])
    for channel, weight in ((0, 1.0), (1, 1.8), (2, 1.8)):
        across, along = slopes(gauss(lab[..., channel], sigma))
        right, down = np.hypot(right, across * weight), np.hypot(down, along * weight)
    steep = np.hypot(right, down) * sigma * 2.5
    return np.clip((steep - 0.045) * 14, 0, 1)


def along_lines(lines: Field, prompt: str, negative_prompt: str, *parts: str | int) -> Pixels:
    """Fill the fields between lines: outer ones with scenery, inner ones in the things' colours."""
    height, width = lines.shape
    scene = read_prompt(prompt)
    noise = make_noise("lines", *parts)
    ground = _ground(scene, prompt, width, height, int(noise.integers(1 << 30)))
    fields, outer = _fields(lines)
    palette = _palette(scene, noise)
    coloured = _coloured(fields, outer, ground, palette, noise)
    inside = scaled((~outer).astype(np.float32), width, height)
    inside = np.clip(gauss(inside, 1.0) * 3 - 1, 0, 1)
    body = mixed(ground, _shaded(coloured, inside, unit_of(ground)), inside)
    wanted = without(scene, read_prompt(negative_prompt))
    if changes_light(replace(wanted, mentions=())):
        body = relit(body, replace(wanted, mentions=(), places=()), *parts)
    ink = lines[..., None] * 0.86
    return to_pixels(to_floats(body) * (1 - ink) + to_floats(body) * ink * 0.12)


def _ground(scene: Scene, prompt: str, width: int, height: int, seed: int) -> Pixels:
    """Paint the scenery alone: the place that was said, or where the first thing belongs."""
    places = scene.places
    if not places and scene.mentions:
        places = (MOTIFS[scene.mentions[0].motif].home,)
    bare = Scene(places=places or ("meadow",), season=scene.season)
    return paint_understood(bare, prompt, width=width, height=height, seed=seed)


def _fields(lines: Field) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Number the fields between lines on a small copy, and tell which reach the picture's edge.

    Gaps in lines are closed by trying thicker lines until something is enclosed.
    """
    height, width = lines.shape
    share = min(1.0, _SMALL_SIDE / max(height, width))
    size = (max(8, round(width * share)), max(8, round(height * share)))
    small = scaled(lines, *size)
    thick = small > 0.22
    for gap in (1, 2, 4):
        walls = grown(thick, gap)
        named = pieces(~walls)
        edge = np.unique(np.concatenate([named[0], named[-1], named[:, 0], named[:, -1]]))
        outer = np.isin(named, edge[edge > 0])
        if (named > 0).any() and (~outer & (named > 0)).mean() > 0.02:
            break
    return _grown_fields(named, gap + 2), grown(outer, gap)


def _grown_fields(named: NDArray[np.int32], reach: int) -> NDArray[np.int32]:
    """Let every field grow over the lines around it."""
    for _ in range(reach):
        wide = np.pad(named, 1)
        around = np.maximum.reduce(
            [wide[:-2, 1:-1], wide[2:, 1:-1], wide[1:-1, :-2], wide[1:-1, 2:]]
        )
        named = np.where(named > 0, named, around)
    return named


def _palette(scene: Scene, noise: np.random.Generator) -> Floats:
    """Give the colours in which the painter paints the named things, the commonest first."""
    found: list[Floats] = []
    for mention in scene.mentions[:3]:
        layer = paint_motif(mention, height=96, seed=int(noise.integers(1 << 30)))
        lab = to_lab(layer[..., :3])[layer[..., 3] > 200]
        centres, group = clusters(lab, min(5, len(lab)), "palette")
        order = np.argsort(-np.bincount(group, minlength=len(centres)), kind="stable")
        found.append(centres[order])
    said = [lab_of(c) for mention in scene.mentions for c in mention.colours]
    said += [lab_of(colour) for colour in scene.colours]
    if said:
        found.insert(0, np.array(said))
    if not found:
        found.append(np.array([lab_of(c) for c in noise.permutation(_CHEERFUL).tolist()]))
    return np.concatenate(found)


def _coloured(
    fields: NDArray[np.int32],
    outer: NDArray[np.bool_],
    ground: Pixels,
    palette: Floats,
    noise: np.random.Generator,
) -> Pixels:
    """Give every inner field a colour.

    In the large drawings the largest fields have the commonest colours and small ones vary. What
    is drawn small beside them, as clouds and stones are, stays near to what is behind it.
    """
    small = to_lab(resized(ground, fields.shape[1], fields.shape[0]))
    drawings = pieces(~outer)
    sizes = np.bincount(drawings.ravel())
    large = sizes > 0.22 * (sizes[1] if len(sizes) > 1 else 1)
    count = int(fields.max(initial=0))
    colours = np.zeros((count + 1, 3), dtype=np.float32)
    colours[0] = palette[0]
    rank = 0
    for name in range(1, count + 1):
        part = fields == name
        if outer[part].all():
            continue
        behind = small[part].mean(axis=0)
        if large[np.bincount(drawings[part]).argmax()]:
            main = rank == 0 or noise.random() < 0.45
            place = 0 if main else int(noise.integers(len(palette)))
            colours[name] = palette[place] + noise.normal(0, 0.02, 3)
            rank += 1
        else:
            colours[name] = behind + np.array([0.07, 0, 0]) * (1 if behind[0] < 0.85 else -1)
    lab = colours[fields]
    height, width = ground.shape[:2]
    return from_lab(np.stack([scaled(lab[..., c], width, height) for c in range(3)], axis=2))


def _shaded(coloured: Pixels, inside: Field, unit: float) -> Pixels:
    """Round the fields off: light in the middle and on the upper left, dark at the rims."""
    lab = to_lab(coloured)
    bulge = gauss(inside, unit * 2.4)
    rims = gauss(np.abs(lab[..., 0] - gauss(lab[..., 0], unit * 1.2)), unit * 0.8)
    height, width = inside.shape
    rows = np.arange(height, dtype=np.float32)[:, None] / height
    columns = np.arange(width, dtype=np.float32)[None] / width
    lab[..., 0] += (bulge - 0.75) * 0.12 - rims * 0.35 + (1 - rows - columns) * 0.05
    return from_lab(lab)
