"""Repaints portraits: in numbered styles, as an album's studio portrait, or in costume."""

from collections.abc import Sequence

import numpy as np

from kaiga.engines.sketch.colours import to_rgb
from kaiga.engines.sketch.edits.fields import gauss
from kaiga.engines.sketch.edits.files import make_jpeg, make_png
from kaiga.engines.sketch.edits.filters.means import saturated, tinted
from kaiga.engines.sketch.edits.filters.table import LOOKS, apply_look, find_look
from kaiga.engines.sketch.edits.hues import matched
from kaiga.engines.sketch.edits.painting import paint_motif, paint_scene
from kaiga.engines.sketch.edits.pictures import (
    Field,
    Layer,
    Pixels,
    fitting,
    laid_over,
    mixed,
    open_pixels,
    resized,
)
from kaiga.engines.sketch.judging.boxes import Box
from kaiga.engines.sketch.making import Made, Making, Refused, Step
from kaiga.engines.sketch.motifs.table import MOTIFS
from kaiga.engines.sketch.randomness import make_random
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.scene import Mention
from kaiga.engines.sketch.tools.cutting import as_cut_out
from kaiga.engines.sketch.tools.options import number_option, text_option
from kaiga.engines.sketch.tools.people import Person, find_people
from kaiga.engines.sketch.tools.portrait_looks import PORTRAIT_LOOKS, PortraitLook
from kaiga.ports.engine import GenerationJob

SHORT_SIDE = 1536
"""Source: contract/image-models.yaml, wanx-style-repaint-v1."""
OWN_STYLE = -1
ALBUM_SIZE = (1024, 1024)
"""Chosen: no source names a size for albums and costumes."""
WORKING_SIDE = 1024
"""The short side at which people are cut out and looks are applied."""
MOST_ENLARGED = 2.0
"""A small portrait is enlarged by this much before its look, and by the rest after it."""
STUDIOS = (
    "a quiet wall", "a garden in spring", "a room with a window", "a beach at sunset",
    "a forest in autumn", "a city at dusk",
)  # fmt: skip
COSTUMES = (
    ("a castle in the mountains", "crown"), ("space with planets", "star"),
    ("a temple with lanterns", "fan"), ("a ship on the sea", "flag"),
    ("a forest at night", "owl"), ("a city with robots", "robot"),
)  # fmt: skip


def repaint_portrait(job: GenerationJob) -> Making:
    """Repaint a portrait in the style of `style_index`, or, for -1, of the reference.

    Gives a JPEG whose short side has 1536 pixels.

    Raises:
        Refused: -1 without a reference, or a number that is no style.
    """
    index = round(number_option(job, "style_index", 0))
    look, like = _look(job, index)
    pixels = open_pixels(job.media_of("image")[0])
    height, width = pixels.shape[:2]
    share = min(WORKING_SIDE / min(height, width), MOST_ENLARGED)
    working = resized(pixels, round(width * share), round(height * share))
    yield Step(step=1, steps=3)
    styled = _styled(working, look, job.seed + index)
    if like is not None:
        styled = matched(styled, like, 0.85)
    yield Step(step=2, steps=3)
    grown = SHORT_SIDE / min(height, width)
    picture = resized(styled, round(width * grown), round(height * grown))
    return Made(files=(make_jpeg(job, picture),))


def make_album_portrait(job: GenerationJob) -> Making:
    """Put the person of the first picture before a studio ground; with none, paint a portrait.

    The contract does not say what this model takes: prompt, style words and pictures are used as
    far as they are there.
    """
    width, height = _album_size(job)
    rng = make_random("album", job.prompt, job.seed)
    ground = job.prompt.strip() or rng.choice(STUDIOS)
    given = job.media_of("image")
    yield Step(step=1, steps=2)
    if not given:
        whole = f"portrait of a {rng.choice(('woman', 'man'))}, {job.prompt}"
        picture = paint_scene(whole, width=width, height=height, seed=job.seed)
        return Made(files=(make_png(job, picture),))
    scene = paint_scene(ground, width=width, height=height, seed=job.seed)
    person = _cut_person(open_pixels(given[job.seed % len(given)]))
    picture = _posed(_far(scene), person, rng.uniform(0.46, 0.54))
    look = find_look(job.prompt, read_prompt(job.prompt).style)
    if look:
        picture = apply_look(look, picture, job.seed)
    warmth = rng.choice(("#ffe9d2", "#e4ecff", "#fff4e0", "#f2e4f4"))
    return Made(files=(make_png(job, tinted(picture, warmth, 0.12)),))


def make_costume(job: GenerationJob) -> Making:
    """Dress the person of the first picture up: a scene of another world, a prop, a drawn look.

    The contract does not say what this model takes, as for the album.
    """
    width, height = _album_size(job)
    rng = make_random("costume", job.prompt, job.seed)
    place, prop = rng.choice(COSTUMES)
    scene_prompt = job.prompt.strip() or place
    mentioned = [mention.motif for mention in read_prompt(job.prompt).mentions]
    given = job.media_of("image")
    yield Step(step=1, steps=2)
    scene = paint_scene(scene_prompt, width=width, height=height, seed=job.seed)
    if given:
        scene = _posed(_far(scene), _cut_person(open_pixels(given[0])), 0.5)
    wished = text_option(job, "style")
    named = find_look(f"{job.prompt} {wished}", read_prompt(job.prompt).style)
    picture = apply_look(named or "cartoon", saturated(scene, 1.2), job.seed)
    return Made(files=(make_png(job, _adorned(picture, (*mentioned[:2], prop), job.seed)),))


def _look(job: GenerationJob, index: int) -> tuple[PortraitLook, Pixels | None]:
    if index != OWN_STYLE:
        look = PORTRAIT_LOOKS.get(index)
        if look is None:
            allowed = ", ".join(str(each) for each in (OWN_STYLE, *PORTRAIT_LOOKS))
            raise Refused("InvalidParameter", f"The style_index must be one of {allowed}.")
        return look, None
    reference = job.media_of("reference")
    if not reference:
        raise Refused("InvalidParameter", "Field required: input.style_ref_url")
    like = open_pixels(reference[0])
    # Which filter goes with a picture is told by how much detail it has: flat ones get flat looks.
    grey = like.astype(np.float32).mean(axis=2)
    rough = float(np.abs(grey - gauss(grey, 2)).mean())
    names = ("cartoon", "watercolour", "oil")
    return PortraitLook(look=names[min(int(rough / 3), 2)]), like


def _styled(pixels: Pixels, look: PortraitLook, seed: int) -> Pixels:
    height, width = pixels.shape[:2]
    picture = saturated(pixels, look.saturation) if look.saturation != 1 else pixels
    if look.ground:
        people = find_people(pixels)
        if people:
            scene = paint_scene(look.ground, width=width, height=height, seed=seed)
            share = np.maximum.reduce([person.share for person in people])
            picture = mixed(_far(scene), picture, share.astype(np.float32))
    if look.look in LOOKS:
        picture = apply_look(look.look, picture, seed)
    if look.tint_share:
        picture = tinted(picture, look.tint, look.tint_share)
    picture = _adorned(picture, look.things, seed)
    return _framed(picture, look.frame) if look.frame else picture


def _adorned(picture: Pixels, motifs: Sequence[str], seed: int) -> Pixels:
    """Let things float at the edges, where they hide nobody."""
    rng = make_random("adorned", *motifs, seed)
    height, width = picture.shape[:2]
    known = [name for name in motifs if name in MOTIFS]
    for index in range(5 if known else 0):
        name = known[index % len(known)]
        tall = round(min(height, width) * rng.uniform(0.1, 0.16))
        layer = paint_motif(Mention(motif=name), height=tall, seed=seed + index)
        layer = fitting(layer, round(width * 0.22), tall)
        side = rng.uniform(0.0, 0.13) if index % 2 else rng.uniform(0.87, 1.0)
        x = round(side * (width - layer.shape[1]))
        y = round(rng.uniform(0.04, 0.92) * (height - layer.shape[0]))
        picture = laid_over(picture, layer, x, y)
    return picture


def _framed(picture: Pixels, colour: str) -> Pixels:
    height, width = picture.shape[:2]
    thick = round(min(height, width) * 0.03)
    framed = np.empty_like(picture)
    framed[:] = np.array(to_rgb(colour), dtype=np.uint8)
    framed[thick : height - thick, thick : width - thick] = picture[
        thick : height - thick, thick : width - thick
    ]
    return framed


def _far(scene: Pixels) -> Pixels:
    """Blur a ground a little, as behind a portrait."""
    unit = min(scene.shape[:2]) / 100
    soft = gauss(scene.astype(np.float32), unit * 0.6)
    return np.rint(np.clip(soft, 0, 255)).astype(np.uint8)


def _album_size(job: GenerationJob) -> tuple[int, int]:
    if job.width_pixels and job.height_pixels:
        return job.width_pixels, job.height_pixels
    return ALBUM_SIZE


def _cut_person(pixels: Pixels) -> tuple[Layer, Box]:
    """Give the largest person of a picture as a layer, and the face in it.

    Raises:
        Refused: nothing stands out in the picture.
    """
    height, width = pixels.shape[:2]
    share = min(1.0, WORKING_SIDE / min(height, width))
    small = resized(pixels, round(width * share), round(height * share))
    people = find_people(small)
    if not people:
        raise Refused("InvalidImage.NoHumanFace", "No human face detected.")
    person = max(people, key=_size)
    box = person.box
    layer = as_cut_out(small, person.share)[box.top : box.bottom, box.left : box.right]
    face = person.face
    moved = Box(
        face.left - box.left, face.top - box.top, face.right - box.left, face.bottom - box.top
    )
    return layer, moved


def _size(person: Person) -> float:
    return float(person.share.sum())


def _posed(scene: Pixels, cut: tuple[Layer, Box], place: float) -> Pixels:
    """Let a person stand in a scene: cut off below, the face a fifth to a half of its height."""
    layer, face = cut
    height, width = scene.shape[:2]
    below = max(layer.shape[0] - face.top, 1)
    share = min(max(height * 0.22 / face.height, height * 0.8 / below), height * 0.5 / face.height)
    wide, tall = round(layer.shape[1] * share), round(layer.shape[0] * share)
    grown = resized(layer, max(1, wide), max(1, tall))
    middle = (face.left + face.right) / 2 * share
    x = round(width * place - middle)
    y = max(round(height * 0.24 - face.top * share), height - tall)
    return laid_over(scene, _grounded(grown), x, y)


def _grounded(layer: Layer) -> Layer:
    """Give a layer a soft rim, so that it looks neither cut nor pasted."""
    alpha: Field = gauss(layer[..., 3] / np.float32(255), 0.9)
    soft = np.clip(alpha * 1.25 - 0.2, 0, 1)
    return np.dstack([layer[..., :3], np.rint(soft * 255).astype(np.uint8)])
