"""The task `image-edit`: changes given pictures as an instruction says, or joins them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np

from kaiga.engines.sketch.edits.fields import extent
from kaiga.engines.sketch.edits.files import make_png
from kaiga.engines.sketch.edits.filters.means import unit_of
from kaiga.engines.sketch.edits.filters.table import apply_look
from kaiga.engines.sketch.edits.granting import grant, only_in
from kaiga.engines.sketch.edits.hues import drawn_to_palette, matched
from kaiga.engines.sketch.edits.instructions import Action, Wish, read_wishes
from kaiga.engines.sketch.edits.painting import paint_scene
from kaiga.engines.sketch.edits.pictures import Layer, Mask, Pixels, covering, open_pixels
from kaiga.engines.sketch.edits.regions import find_region
from kaiga.engines.sketch.edits.standing import Box, cut_out, with_cut_outs
from kaiga.engines.sketch.edits.telling import tell
from kaiga.engines.sketch.making import Made, Making, Step
from kaiga.engines.sketch.reading import read_prompt
from kaiga.engines.sketch.scene import Scene
from kaiga.ports.engine import GenerationJob, JsonValue

_PALETTE_STRENGTH = 0.8
_STEPS = 4
_HOLDING = frozenset({"table", "chair", "bed", "rock", "book", "car", "boat", "house", "basket"})
"""Things that others can be put on."""


def edit_pictures(job: GenerationJob) -> Making:
    """Change the pictures of role `image` as the prompt says; paint one where none is given.

    Options: `bbox_list` restricts the change to boxes of a picture, `color_palette` pulls the
    colours, `enable_interleave` adds a sentence about the result. The job gives the size, or else
    the picture that gives the scene.

    Raises:
        Refused: a picture can't be decoded.
    """
    yield Step(step=1, steps=_STEPS)
    given = tuple(_open(media_index, job) for media_index in range(len(job.media_of("image"))))
    yield Step(step=2, steps=_STEPS)
    pixels = _edited(job, given) if given else _painted(job)
    yield Step(step=3, steps=_STEPS)
    pixels = _in_palette(pixels, job.options.get("color_palette"))
    findings = {"text": tell(job.prompt)} if job.options.get("enable_interleave") else {}
    return Made(files=(make_png(job, pixels),), findings=findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Given:
    """A given picture, and the boxes in it to which the change is restricted."""

    pixels: Pixels
    boxes: tuple[Box, ...]


def _open(index: int, job: GenerationJob) -> _Given:
    media = job.media_of("image")[index]
    pixels = open_pixels(media)
    return _Given(pixels=pixels, boxes=tuple(_boxes_of(job, index, pixels)))


def _boxes_of(job: GenerationJob, index: int, pixels: Pixels) -> Iterator[Box]:
    """Read the boxes for one picture out of `bbox_list`, clipped to the picture."""
    lists = job.options.get("bbox_list")
    if not isinstance(lists, Sequence) or isinstance(lists, str):
        return
    every = cast("Sequence[JsonValue]", lists)
    if index >= len(every):
        return
    height, width = pixels.shape[:2]
    for box in cast("Sequence[Sequence[float]]", every[index] or ()):
        left, top, right, bottom = (round(float(value)) for value in box[:4])
        left, right = sorted((min(max(left, 0), width), min(max(right, 0), width)))
        top, bottom = sorted((min(max(top, 0), height), min(max(bottom, 0), height)))
        if right - left > 1 and bottom - top > 1:
            yield (left, top, right, bottom)


def _painted(job: GenerationJob) -> Pixels:
    return paint_scene(
        job.prompt,
        width=job.width_pixels,
        height=job.height_pixels,
        seed=job.seed,
        negative_prompt=job.negative_prompt,
    )


def _edited(job: GenerationJob, given: Sequence[_Given]) -> Pixels:
    wishes = read_wishes(job.prompt, read_prompt(job.negative_prompt))
    scene_index = _scene_index(wishes, len(given))
    scene = _sized(given[scene_index], job)
    parts = (job.prompt, job.seed)
    allowed = scene.boxes[0] if scene.boxes else None
    pixels = scene.pixels
    if len(given) > 1:
        pixels = _brought_together(pixels, given, scene_index, wishes, allowed, job)
        wishes = tuple(wish for wish in wishes if not wish.images and _says_light_or_look(wish))
    if wishes or len(given) == 1:
        pixels = grant(pixels, wishes, *parts, allowed=allowed)
    if not scene.boxes:
        return pixels
    mask = _mask_of(scene.boxes, pixels)
    return only_in(scene.pixels, pixels, mask, unit_of(pixels))


def _says_light_or_look(wish: Wish) -> bool:
    wanted = wish.wanted
    return bool(wanted.time or wanted.weather or wanted.season or wanted.style or wanted.moods)


def _scene_index(wishes: Sequence[Wish], count: int) -> int:
    """Tell which picture is changed: the one said to be, else the last."""
    for wish in wishes:
        if 1 <= wish.scene_image <= count:
            return wish.scene_image - 1
    styled = next((wish for wish in wishes if 1 <= wish.style_image <= count), None)
    if styled is not None and count > 1:
        others = [i for i in styled.images if i != styled.style_image and i <= count]
        return others[0] - 1 if others else (0 if styled.style_image != 1 else 1)
    return count - 1


def _sized(given: _Given, job: GenerationJob) -> _Given:
    """Bring a picture and its boxes to the size that was asked for."""
    if not job.width_pixels:
        return given
    height, width = given.pixels.shape[:2]
    share = max(job.width_pixels / width, job.height_pixels / height)
    left = (width * share - job.width_pixels) / 2
    top = (height * share - job.height_pixels) / 2
    boxes = tuple(_moved(box, share, left, top, job) for box in given.boxes)
    return _Given(
        pixels=covering(given.pixels, job.width_pixels, job.height_pixels),
        boxes=tuple(box for box in boxes if box[2] - box[0] > 1 and box[3] - box[1] > 1),
    )


def _moved(box: Box, share: float, left: float, top: float, job: GenerationJob) -> Box:
    across = [round(min(max(x * share - left, 0), job.width_pixels)) for x in box[::2]]
    down = [round(min(max(y * share - top, 0), job.height_pixels)) for y in box[1::2]]
    return (across[0], down[0], across[1], down[1])


def _mask_of(boxes: Sequence[Box], pixels: Pixels) -> Mask:
    mask = np.zeros(pixels.shape[:2], dtype=np.bool_)
    for left, top, right, bottom in boxes:
        mask[top:bottom, left:right] = True
    return mask


def _brought_together(
    scene: Pixels,
    given: Sequence[_Given],
    scene_index: int,
    wishes: Sequence[Wish],
    allowed: Box | None,
    job: GenerationJob,
) -> Pixels:
    """Put what the other pictures are about into the scene, or give it their style."""
    styled = next((wish for wish in wishes if wish.style_image), None)
    result = scene
    layers: list[Layer] = []
    for index, other in enumerate(given):
        if index == scene_index:
            continue
        if styled is not None and styled.style_image == index + 1:
            result = in_style_of(result, covering(other.pixels, *result.shape[1::-1]), job)
        elif styled is None or not styled.images:
            layers.append(_object_of(other, index + 1, wishes))
    side = next((wish.side for wish in wishes if wish.side), "")
    return with_cut_outs(
        result,
        layers,
        side,
        job.prompt,
        job.seed,
        allowed=allowed,
        upon=_find_stand(scene, wishes),
    )


def _find_stand(scene: Pixels, wishes: Sequence[Wish]) -> Box | None:
    """Find in the scene what a wish says the newcomers shall stand on."""
    for wish in wishes:
        held = tuple(m for m in wish.about.mentions if m.motif in _HOLDING)
        if wish.images and wish.upon and held:
            return extent(find_region(scene, Scene(mentions=held)) > 0.5)
    return None


def in_style_of(pixels: Pixels, like: Pixels, job: GenerationJob) -> Pixels:
    """Give a picture the colours of another, and a painted look."""
    coloured = matched(pixels, like, 0.85)
    return apply_look("oil", coloured, job.prompt, job.seed)


def _object_of(given: _Given, number: int, wishes: Sequence[Wish]) -> Layer:
    """Cut out of a picture what is in its first box, or what the wish that names it speaks of."""
    if given.boxes:
        left, top, right, bottom = given.boxes[0]
        part = given.pixels[top:bottom, left:right]
        return cut_out(part, find_region(part, Scene()))
    naming = next((wish for wish in wishes if number in wish.images), None)
    about = Scene()
    if naming is not None and naming.action is Action.ADD and naming.wanted.mentions:
        about = Scene(mentions=naming.wanted.mentions)
    return cut_out(given.pixels, find_region(given.pixels, about))


def _in_palette(pixels: Pixels, palette: JsonValue) -> Pixels:
    """Pull a picture to the colours of `color_palette`, each by its ratio (`25.00%`)."""
    if not isinstance(palette, Sequence) or isinstance(palette, str) or not palette:
        return pixels
    entries = cast("Sequence[Mapping[str, JsonValue]]", palette)
    colours = [str(entry["hex"]) for entry in entries]
    ratios = [max(0.01, float(str(entry.get("ratio", "1")).rstrip("%"))) for entry in entries]
    return drawn_to_palette(pixels, colours, ratios, _PALETTE_STRENGTH)
