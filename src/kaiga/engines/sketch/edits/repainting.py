"""The tasks `masked-repaint` and `erase`, and what is done inside a mask for editing functions."""

from collections.abc import Sequence
from typing import cast

import numpy as np

from kaiga.engines.sketch.edits.fields import extent, grown, make_noise
from kaiga.engines.sketch.edits.files import make_png
from kaiga.engines.sketch.edits.filling import SEARCH_SIDE, filled
from kaiga.engines.sketch.edits.filters.means import unit_of
from kaiga.engines.sketch.edits.filters.table import apply_look, apply_stuff, find_look, find_stuff
from kaiga.engines.sketch.edits.granting import only_in
from kaiga.engines.sketch.edits.hues import recoloured
from kaiga.engines.sketch.edits.instructions import Action, read_wishes
from kaiga.engines.sketch.edits.painting import paint_scene, paint_understood
from kaiga.engines.sketch.edits.pictures import (
    Field,
    Mask,
    Pixels,
    covering,
    open_layer,
    open_mask,
    open_pixels,
)
from kaiga.engines.sketch.edits.relighting import changes_light, gently_changed, relit
from kaiga.engines.sketch.edits.standing import with_things
from kaiga.engines.sketch.edits.styles import in_style
from kaiga.engines.sketch.edits.subjects import find_subject
from kaiga.engines.sketch.making import Made, Making, Refused, Step
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.scene import Scene
from kaiga.ports.engine import GenerationJob, JobMedia, JsonValue

_STEPS = 3
_FAST_SIDE = 96
"""The size of the search where speed was asked for; see filling.SEARCH_SIDE."""


def get_input(job: GenerationJob, role: str) -> JobMedia:
    """Give the one input file of a role.

    Raises:
        Refused: there is none.
    """
    given = job.media_of(role)
    if not given:
        raise Refused("InvalidParameter", f"Field required: {role}")
    return given[0]


def repaint_masked(job: GenerationJob) -> Making:
    """Paint the marked places of a picture anew from the prompt; the rest stays bit for bit.

    Options: `mask_color` lists the colours that mark, white if there are none; `style`. The
    picture is first brought to the job's size.

    Raises:
        Refused: a file can't be decoded, or the mask has another size than the picture.
    """
    yield Step(step=1, steps=_STEPS)
    given = open_pixels(get_input(job, "image"))
    mask = open_mask(get_input(job, "mask"), given, _colours(job.options.get("mask_color")))
    width, height = job.width_pixels or given.shape[1], job.height_pixels or given.shape[0]
    base = covering(given, width, height)
    chosen = covering(mask.astype(np.uint8) * 255, width, height) >= 128
    yield Step(step=2, steps=_STEPS)
    painted = repainted(base, chosen, job)
    painted = only_in(base, in_style(painted, job), chosen, 2.0)
    yield Step(step=3, steps=_STEPS)
    return Made(files=(make_png(job, painted),))


def erase_masked(job: GenerationJob) -> Making:
    """Take what is marked out of a picture, and continue what is around it.

    Options: `dilate_flag` widens the mask a little, `fast_mode` searches less. What the role
    `foreground` shows stays: its opaque places or, where all are, its light ones.

    Raises:
        Refused: a file can't be decoded, or has another size than the picture.
    """
    yield Step(step=1, steps=_STEPS)
    base = open_pixels(get_input(job, "image"))
    hole = open_mask(get_input(job, "mask"), base)
    if job.options.get("dilate_flag", True):
        hole = grown(hole, max(1, round(unit_of(base) * 0.6)))
    for kept in job.media_of("foreground"):
        hole &= ~_kept(kept, base)
    yield Step(step=2, steps=_STEPS)
    side = _FAST_SIDE if job.options.get("fast_mode") else SEARCH_SIDE
    result = filled(base, hole, job.seed, search_side=side)
    yield Step(step=3, steps=_STEPS)
    return Made(files=(make_png(job, result),))


def _kept(media: JobMedia, base: Pixels) -> Mask:
    layer = open_layer(media)
    if layer.shape[:2] != base.shape[:2] or layer[..., 3].min() == 255:
        return open_mask(media, base)
    return layer[..., 3] >= 128


def _colours(listed: JsonValue) -> list[list[int]]:
    if not isinstance(listed, Sequence) or isinstance(listed, str):
        return []
    return [[int(part) for part in colour] for colour in cast("Sequence[Sequence[int]]", listed)]


def repainted(pixels: Pixels, mask: Mask, job: GenerationJob) -> Pixels:
    """Give a picture whose marked places follow the prompt; what is outside may differ too.

    Things are painted in place of what was there; words of colour, stuff, look and light change
    what is there; a place alone is painted as scenery.
    """
    parts = (job.prompt, job.seed)
    if not mask.any():
        return pixels
    if mask.all():
        return _painted(job, pixels)
    wishes = read_wishes(job.prompt, read_prompt(job.negative_prompt))
    if any(wish.action is Action.REMOVE for wish in wishes):
        return filled(pixels, mask, *parts)
    wanted = _together(tuple(wish.wanted for wish in wishes))
    if wanted.mentions:
        bare = filled(pixels, mask, *parts)
        result = with_things(bare, wanted.mentions, "", *parts, allowed=extent(mask))
        return relit(result, wanted, *parts) if changes_light(wanted) else result
    if wanted.places:
        return _with_scenery(pixels, mask, wanted, job)
    return _changed(pixels, mask, wanted, job)


def _together(scenes: Sequence[Scene]) -> Scene:
    return Scene(
        mentions=tuple(mention for scene in scenes for mention in scene.mentions),
        places=tuple(place for scene in scenes for place in scene.places),
        time=next((scene.time for scene in scenes if scene.time), ""),
        weather=tuple(kind for scene in scenes for kind in scene.weather),
        season=next((scene.season for scene in scenes if scene.season), ""),
        style=next((scene.style for scene in scenes if scene.style), ""),
        moods=tuple(mood for scene in scenes for mood in scene.moods),
        colours=tuple(colour for scene in scenes for colour in scene.colours),
    )


def _painted(job: GenerationJob, pixels: Pixels) -> Pixels:
    return paint_scene(
        job.prompt,
        width=pixels.shape[1],
        height=pixels.shape[0],
        seed=job.seed,
        negative_prompt=job.negative_prompt,
    )


def _with_scenery(pixels: Pixels, mask: Mask, wanted: Scene, job: GenerationJob) -> Pixels:
    """Paint a place as large as the mask, so that its middle is the mask's."""
    left, top, right, bottom = extent(mask)
    result = pixels.copy()
    result[top:bottom, left:right] = paint_understood(
        wanted,
        job.prompt,
        width=right - left,
        height=bottom - top,
        seed=int(make_noise("scenery", job.prompt, job.seed).integers(1 << 30)),
    )
    return result


def _changed(pixels: Pixels, mask: Mask, wanted: Scene, job: GenerationJob) -> Pixels:
    parts = (job.prompt, job.seed)
    share = _on_subject(pixels, mask)
    result = pixels
    if stuff := find_stuff(job.prompt):
        result = apply_stuff(stuff, result, share, *parts)
    elif look := find_look(job.prompt, wanted.style):
        result = apply_look(look, result, *parts)
    if wanted.colours:
        result = recoloured(result, share, wanted.colours[0])
    if changes_light(wanted):
        result = relit(result, wanted, *parts)
    if result is pixels:
        return gently_changed(filled(pixels, mask, *parts), *parts)
    return result


def _on_subject(pixels: Pixels, mask: Mask) -> Field:
    """Choose of a mask what the subject covers, if it is a good part, else all of it."""
    subject = find_subject(pixels) * mask
    whole = mask.astype(np.float32)
    return subject if float(subject.sum()) > 0.25 * float(whole.sum()) else whole
