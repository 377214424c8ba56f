"""The task `image-edit-function`: ten single functions of editing, each by its name."""

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType

import numpy as np

from kaiga.engines.sketch.edits.colourising import colourised
from kaiga.engines.sketch.edits.enlarging import enlarged
from kaiga.engines.sketch.edits.extending import Room, continued
from kaiga.engines.sketch.edits.fields import extent, make_noise
from kaiga.engines.sketch.edits.files import make_png
from kaiga.engines.sketch.edits.filling import filled
from kaiga.engines.sketch.edits.filters.materials import STUFFS
from kaiga.engines.sketch.edits.filters.table import (
    LOOKS,
    apply_look,
    apply_stuff,
    find_look,
    find_stuff,
)
from kaiga.engines.sketch.edits.granting import grant, only_in, over_ground
from kaiga.engines.sketch.edits.instructions import read_wishes
from kaiga.engines.sketch.edits.lines import along_lines, lines_of
from kaiga.engines.sketch.edits.marks import find_marks
from kaiga.engines.sketch.edits.painting import paint_understood
from kaiga.engines.sketch.edits.pictures import Pixels, mixed, open_mask, open_pixels
from kaiga.engines.sketch.edits.regions import find_region
from kaiga.engines.sketch.edits.repainting import get_input, repainted
from kaiga.engines.sketch.edits.standing import with_things
from kaiga.engines.sketch.edits.subjects import find_subject
from kaiga.engines.sketch.edits.wearing import dressed, find_worn
from kaiga.engines.sketch.making import Made, Making, Refused, Step
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.scene import Scene
from kaiga.ports.engine import GenerationJob

_STEPS = 3
_USUAL_STRENGTH = 0.5
_ALIVE = ("animals", "people")
"""The files of the lexicon that name who is alive."""
_Function = Callable[[Pixels, GenerationJob], Pixels]


def apply_function(job: GenerationJob) -> Making:
    """Apply the function that the option `function` names to the picture of role `image`.

    The result has the picture's size, but for `expand` and `super_resolution`, which enlarge it.

    Raises:
        Refused: a file can't be decoded, is missing, or the mask has another size; or there is
            no such function.
    """
    yield Step(step=1, steps=_STEPS)
    name = str(job.options.get("function") or "")
    if name not in FUNCTIONS:
        raise Refused("InvalidParameter", f"Unknown function: {name or 'none'}")
    base = open_pixels(get_input(job, "image"))
    yield Step(step=2, steps=_STEPS)
    pixels = FUNCTIONS[name](base, job)
    yield Step(step=3, steps=_STEPS)
    return Made(files=(make_png(job, pixels),))


def _strength(job: GenerationJob) -> float:
    value = job.options.get("strength")
    return min(1.0, max(0.0, float(value))) if isinstance(value, int | float) else _USUAL_STRENGTH


def stylise_all(base: Pixels, job: GenerationJob) -> Pixels:
    """Give the whole picture the look that is asked for, or one by chance, as far as `strength`."""
    looks = sorted(LOOKS)
    by_chance = looks[int(make_noise("look", job.prompt, job.seed).integers(len(looks)))]
    look = find_look(job.prompt, read_prompt(job.prompt).style) or by_chance
    styled = apply_look(look, base, job.prompt, job.seed)
    share = max(0.05, 1 - (1 - _strength(job)) ** 2)
    return mixed(base, styled, np.full(base.shape[:2], share, dtype=np.float32))


def stylise_thing(base: Pixels, job: GenerationJob) -> Pixels:
    """Make the thing that is named, or what stands out, of another stuff."""
    wishes = read_wishes(job.prompt, Scene())
    about = next((w.about for w in wishes if w.about.mentions or w.about.places), Scene())
    stuffs = sorted(STUFFS)
    by_chance = stuffs[int(make_noise("stuff", job.prompt, job.seed).integers(len(stuffs)))]
    stuff = find_stuff(" ".join(wish.wanted_text for wish in wishes)) or by_chance
    return apply_stuff(stuff, base, find_region(base, about), job.prompt, job.seed)


def edit_by_description(base: Pixels, job: GenerationJob) -> Pixels:
    """Change the picture as an instruction says; below a `strength` of 0.5 only partly."""
    wishes = read_wishes(job.prompt, read_prompt(job.negative_prompt))
    edited = grant(base, wishes, job.prompt, job.seed)
    share = min(1.0, _strength(job) * 2)
    return mixed(base, edited, np.full(base.shape[:2], share, dtype=np.float32))


def edit_in_mask(base: Pixels, job: GenerationJob) -> Pixels:
    """Change only what the white of the mask shows; the rest stays bit for bit."""
    mask = open_mask(get_input(job, "mask"), base)
    return only_in(base, repainted(base, mask, job), mask, 2.0)


def remove_marks(base: Pixels, job: GenerationJob) -> Pixels:
    """Take writing that was laid over the picture away; without any, nothing changes."""
    side = next((wish.side for wish in read_wishes(job.prompt, Scene()) if wish.side), "")
    return filled(base, find_marks(base, side), job.seed)


def expand(base: Pixels, job: GenerationJob) -> Pixels:
    """Continue the picture on the sides whose `..._scale` is above 1."""
    height, width = base.shape[:2]

    def added(side: str, length: int) -> int:
        scale = job.options.get(f"{side}_scale")
        return round(length * (float(scale) - 1)) if isinstance(scale, int | float) else 0

    room = Room(
        left=added("left", width),
        top=added("top", height),
        right=added("right", width),
        bottom=added("bottom", height),
    )
    layer = np.dstack([base, np.full((height, width), 255, dtype=np.uint8)])
    return continued(layer, room, job.prompt, job.seed)


def enlarge(base: Pixels, job: GenerationJob) -> Pixels:
    """Enlarge the picture by `upscale_factor`; by 1 it only becomes clearer."""
    factor = job.options.get("upscale_factor")
    strength = float(make_noise("enlarge", job.prompt, job.seed).uniform(0.9, 1.1))
    return enlarged(base, int(factor) if isinstance(factor, int | float) else 1, strength)


def colourise(base: Pixels, job: GenerationJob) -> Pixels:
    """Give a grey picture colours."""
    return colourised(base, job.prompt, job.seed)


def follow_lines(base: Pixels, job: GenerationJob) -> Pixels:
    """Paint the prompt along the lines of a drawing, or along a picture's outlines."""
    lines = lines_of(base, is_sketch=bool(job.options.get("is_sketch")))
    return along_lines(lines, job.prompt, job.negative_prompt, job.prompt, job.seed)


def recast_figure(base: Pixels, job: GenerationJob) -> Pixels:
    """Put the figure of the picture into the scene that the prompt describes."""
    scene = read_prompt(job.prompt)
    height, width = base.shape[:2]
    subject = find_subject(base)
    noise = make_noise("figure", job.prompt, job.seed)
    places = scene.places or (str(noise.choice(("meadow", "room", "garden", "street"))),)
    ground = paint_understood(
        Scene(places=places, time=scene.time, weather=scene.weather, season=scene.season),
        job.prompt,
        width=width,
        height=height,
        seed=int(noise.integers(1 << 30)),
    )
    result = over_ground(ground, base, subject)
    for name, colour in find_worn(job.prompt).items():
        result = dressed(result, subject, name, colour, noise)
    left, _, right, _ = extent(subject > 0.5)
    side = "right" if left + right < width else "left"
    things = tuple(m for m in scene.mentions if m.motif not in _figures())[:3]
    return with_things(result, things, side, job.prompt, job.seed) if things else result


@cache
def _figures() -> frozenset[str]:
    """Give the things that a cartoon figure may be itself: people, animals and robots."""
    folder = resources.files("kaiga.engines.sketch.lexicon")
    documents = (tomllib.loads(folder.joinpath(f"{n}.toml").read_text("utf-8")) for n in _ALIVE)
    return frozenset({"robot", "snowman"}).union(*(document["words"] for document in documents))


FUNCTIONS: Mapping[str, _Function] = MappingProxyType({
    "stylization_all": stylise_all,
    "stylization_local": stylise_thing,
    "description_edit": edit_by_description,
    "description_edit_with_mask": edit_in_mask,
    "remove_watermark": remove_marks,
    "expand": expand,
    "super_resolution": enlarge,
    "colorization": colourise,
    "doodle": follow_lines,
    "control_cartoon_feature": recast_figure,
})  # fmt: skip
"""By the contract's names (contract/image-models.md, 8)."""
