"""Does to a picture what its instruction wishes, one wish after the other."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kaiga.engines.sketch.edits.fields import extent, grown, make_noise, softened
from kaiga.engines.sketch.edits.filling import filled
from kaiga.engines.sketch.edits.filters.means import tinted, unit_of
from kaiga.engines.sketch.edits.filters.table import apply_look, apply_stuff, find_look, find_stuff
from kaiga.engines.sketch.edits.hues import recoloured
from kaiga.engines.sketch.edits.instructions import Action, Wish
from kaiga.engines.sketch.edits.marks import find_marks
from kaiga.engines.sketch.edits.painting import paint_understood
from kaiga.engines.sketch.edits.pictures import Field, Mask, Pixels, laid_over, mixed
from kaiga.engines.sketch.edits.regions import find_region
from kaiga.engines.sketch.edits.relighting import (
    Grade,
    changes_light,
    gently_changed,
    graded,
    relit,
)
from kaiga.engines.sketch.edits.standing import Box, cut_out, in_light_of, with_thing, with_things
from kaiga.engines.sketch.edits.subjects import find_sky, find_subject
from kaiga.engines.sketch.edits.wearing import dressed, find_worn
from kaiga.engines.sketch.motifs.table import MOTIFS, Habitat
from kaiga.engines.sketch.scene import Mention, Scene

Part = str | int
_PEOPLE = frozenset({"person", "people", "man", "woman", "girl", "boy", "child", "portrait"})


def grant(
    pixels: Pixels, wishes: Sequence[Wish], *parts: Part, allowed: Box | None = None
) -> Pixels:
    """Give a picture changed as wished; what isn't understood makes it slightly different.

    `parts` seed the chance. With `allowed`, new things stand in this box.
    """
    result = pixels
    for index, wish in enumerate(wishes):
        result = _grant_one(result, wish, (*parts, index), allowed)
    return gently_changed(pixels, *parts) if result is pixels else result


def _grant_one(pixels: Pixels, wish: Wish, parts: tuple[Part, ...], allowed: Box | None) -> Pixels:
    match wish.action:
        case Action.REMOVE:
            return _remove(pixels, wish, parts)
        case Action.ADD:
            return _add(pixels, wish, parts, allowed)
        case Action.CHANGE:
            return _change(pixels, wish, parts)
        case Action.SHOW:
            return _show(pixels, wish, parts, allowed)


def _remove(pixels: Pixels, wish: Wish, parts: tuple[Part, ...]) -> Pixels:
    if wish.writing:
        marks = find_marks(pixels, wish.side)
        return filled(pixels, marks, *parts) if marks.any() else pixels
    if wish.background:
        white = np.full_like(pixels, 255)
        return mixed(white, pixels, find_subject(pixels))
    if (wish.about.weather or wish.about.time) and not wish.about.mentions:
        return graded(pixels, Grade(light=0.05, contrast=1.3, colour=1.35))
    return without_region(pixels, find_region(pixels, wish.about), *parts)


def without_region(pixels: Pixels, region: Field, *parts: Part) -> Pixels:
    """Give a picture as if what `region` chooses had never been there, shadow included."""
    hole = hole_of(region, unit_of(pixels))
    subject = find_subject(pixels) > 0.3
    other = subject if (subject & hole).sum() < 0.2 * subject.sum() else None
    return filled(pixels, hole, *parts, unfit=other)


def hole_of(region: Field, unit: float) -> Mask:
    """Give the places that have to go with a thing: its rim, and its shadow below."""
    hole = grown(region > 0.12, max(2, round(unit * 0.9)))
    _, top, _, bottom = extent(hole)
    foot = round((bottom - top) * 0.12)
    deep = max(1, round(unit * 2))
    low = np.zeros_like(hole)
    low[max(0, bottom - foot) : bottom] = hole[max(0, bottom - foot) : bottom]
    shadow = grown(low, deep)
    shadow[: max(0, bottom - foot)] = False
    return hole | shadow


def _add(pixels: Pixels, wish: Wish, parts: tuple[Part, ...], allowed: Box | None) -> Pixels:
    result = _backed(pixels, wish, parts) if wish.wanted.places else pixels
    result = _lit(result, wish.wanted, parts)
    result = _worn(result, wish, parts)
    things = _solid(result, wish.wanted.mentions)
    if not things:
        return result
    upon = None
    if (wish.upon and wish.about.mentions) or things[0].motif == "crown":
        upon = extent(find_region(pixels, wish.about) > 0.5)
    return with_things(result, things, wish.side, *parts, allowed=allowed, upon=upon)


def _change(pixels: Pixels, wish: Wish, parts: tuple[Part, ...]) -> Pixels:
    if wish.background or (wish.wanted.places and wish.wanted.places != wish.about.places):
        return _backed(pixels, wish, parts)
    result = pixels
    stuff = find_stuff(wish.wanted_text)
    if stuff and wish.about.mentions and not wish.wanted.weather:
        return apply_stuff(stuff, pixels, find_region(pixels, wish.about), *parts)
    look = find_look(wish.wanted_text, wish.wanted.style)
    if look:
        result = apply_look(look, result, *parts)
    if wish.wanted.mentions:
        result = _replaced(result, wish, parts)
    elif wish.wanted.colours:
        result = _recoloured(result, wish)
    return _worn(_lit(result, wish.wanted, parts), wish, parts)


def _show(pixels: Pixels, wish: Wish, parts: tuple[Part, ...], allowed: Box | None) -> Pixels:
    result = pixels
    if wish.wanted.places and not wish.wanted.excluded:
        result = _backed(result, wish, parts)
    elif wish.wanted.excluded and not wish.wanted.mentions:
        result = without_region(result, find_subject(result), *parts)
    look = find_look(wish.wanted_text, wish.wanted.style)
    result = apply_look(look, result, *parts) if look else result
    result = _worn(_lit(result, wish.wanted, parts), wish, parts)
    things = _solid(result, wish.wanted.mentions)
    if things and not find_worn(wish.wanted_text):
        return with_things(result, things, wish.side, *parts, allowed=allowed)
    return _recoloured(result, wish) if wish.wanted.colours else result


def _lit(pixels: Pixels, wanted: Scene, parts: tuple[Part, ...]) -> Pixels:
    return relit(pixels, wanted, *parts) if changes_light(wanted) else pixels


def _solid(pixels: Pixels, mentions: Sequence[Mention]) -> tuple[Mention, ...]:
    """Leave out what is in the sky already, if there is a sky."""
    above = [m for m in mentions if MOTIFS[m.motif].habitat is Habitat.HEAVENS]
    if not above or not find_sky(pixels).any():
        return tuple(mentions)
    return tuple(m for m in mentions if m not in above)


def _worn(pixels: Pixels, wish: Wish, parts: tuple[Part, ...]) -> Pixels:
    worn = find_worn(wish.wanted_text)
    if not worn and wish.action is Action.ADD:
        worn = find_worn(wish.about_text)
    if not worn:
        return pixels
    share = find_region(pixels, replace(wish.about, places=()))
    noise = make_noise("worn", *parts)
    person = all(mention.motif in _PEOPLE for mention in wish.about.mentions)
    result = pixels
    for name, colour in worn.items():
        result = dressed(result, share, name, colour, noise, person=person)
    return result


def _backed(pixels: Pixels, wish: Wish, parts: tuple[Part, ...]) -> Pixels:
    """Keep what the picture is about, and give it another background."""
    subject = find_subject(pixels)
    wanted = wish.wanted
    if wanted.colours and not wanted.places and not wanted.mentions:
        return recoloured(pixels, 1 - subject, wanted.colours[0])
    look = find_look(wish.wanted_text, wanted.style)
    if look and not wanted.places:
        return mixed(apply_look(look, pixels, *parts), pixels, subject)
    if not (wanted.places or wanted.mentions) and changes_light(wanted):
        return mixed(relit(pixels, wanted, *parts), pixels, subject * 0.5)
    height, width = pixels.shape[:2]
    seed = int(make_noise("backdrop", *parts).integers(1 << 30))
    scene = wanted if wish.action is not Action.SHOW else replace(wanted, mentions=())
    ground = paint_understood(scene, wish.wanted_text, width=width, height=height, seed=seed)
    return over_ground(ground, pixels, subject)


def over_ground(ground: Pixels, pixels: Pixels, subject: Field) -> Pixels:
    """Put what `subject` chooses of a picture over another ground of the same size."""
    left, top, _, _ = extent(subject > 0.04)
    layer = in_light_of(cut_out(pixels, subject), ground, 0.3)
    return laid_over(ground, layer, left, top)


def _replaced(pixels: Pixels, wish: Wish, parts: tuple[Part, ...]) -> Pixels:
    """Put something else where the thing is."""
    region = find_region(pixels, wish.about)
    box = extent(region > 0.5)
    bare = without_region(pixels, region, *parts)
    return with_thing(bare, wish.wanted.mentions[0], box, *parts)


def _recoloured(pixels: Pixels, wish: Wish) -> Pixels:
    """Give the thing another colour, or the whole picture a hint of it."""
    colour = wish.wanted.colours[0]
    if wish.background:
        return recoloured(pixels, 1 - find_subject(pixels), colour)
    named = wish.about.mentions or wish.about.places
    if wish.whole or not (named or wish.action is Action.CHANGE):
        return tinted(pixels, colour, 0.3)
    return recoloured(pixels, find_region(pixels, wish.about), colour)


def only_in(before: Pixels, after: Pixels, mask: Mask, rim: float) -> Pixels:
    """Take from `after` only what `mask` chooses, its rim soft inwards; elsewhere bit for bit."""
    inner = np.clip(softened(mask, rim) * 2 - 1, 0, 1)
    share = np.where(mask, np.maximum(inner, 0.02), 0)
    return mixed(before, after, share.astype(np.float32))
