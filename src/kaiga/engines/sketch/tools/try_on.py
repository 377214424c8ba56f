"""Dresses people in given garments, refines such pictures, and marks what people wear."""

import numpy as np

from kaiga.engines.sketch.edits.fields import gauss
from kaiga.engines.sketch.edits.files import make_png
from kaiga.engines.sketch.edits.pictures import (
    Layer,
    Mask,
    Pixels,
    mixed,
    open_pixels,
    resized,
    to_floats,
    to_pixels,
)
from kaiga.engines.sketch.making import Made, Making, Refused, Step
from kaiga.engines.sketch.tools.cutting import cropped_to, cut_out, find_thing, is_blank
from kaiga.engines.sketch.tools.garments import Part, laid_on, tone_of, worn
from kaiga.engines.sketch.tools.options import as_list, number_option
from kaiga.engines.sketch.tools.people import Person, find_people
from kaiga.ports.engine import GenerationJob, JobMedia

ROLES = (("garment_top", Part.UPPER), ("garment_bottom", Part.LOWER))
FIGURE_RATIO = 2.2
"""What stands out and is so much higher than wide is somebody, also where no face is seen."""
_LOWER_WORDS = ("lower", "bottom", "pants", "trousers", "skirt", "下")
_WHOLE_WORDS = ("dress", "whole", "full", "overall", "连衣")


def try_on(job: GenerationJob) -> Making:
    """Give the person in the given garments, of the person's size or with `resolution` long side.

    Raises:
        Refused: nobody is in the picture (`InvalidPerson`), or nothing is in that of a garment
            (`InvalidGarment`).
    """
    pixels = _scaled(open_pixels(job.media_of("person")[0]), round(_resolution(job)))
    person = _only_person(pixels)
    yield Step(step=1, steps=2)
    dressed, _ = _dressed(job, pixels, person)
    return Made(files=(make_png(job, dressed),))


def refine_try_on(job: GenerationJob) -> Making:
    """Give a coarse try-on picture the garments' own detail, and the person's own face and ground.

    Where nobody wears anything in either picture, it is the coarse one. `gender` changes nothing.

    Raises:
        Refused: as `try_on`.
    """
    pixels = open_pixels(job.media_of("person")[0])
    height, width = pixels.shape[:2]
    coarse = open_pixels(job.media_of("coarse")[0], width=width, height=height)
    person = _only_person(pixels)
    yield Step(step=1, steps=2)
    dressed, clothes = _dressed(job, pixels, person)
    share = gauss(clothes.astype(np.float32), 1.2)
    fabric = mixed(_sharpened(coarse), dressed, np.full(clothes.shape, 0.6, dtype=np.float32))
    return Made(files=(make_png(job, mixed(pixels, fabric, share)),))


def parse_garment(job: GenerationJob) -> Making:
    """Give a mask: white for the clothes of `clothes_type`, black for all else.

    Without a person in the picture, the garment is what lies before its ground.
    """
    yield from ()
    pixels = open_pixels(job.media_of("image")[0])
    mask = np.zeros(pixels.shape[:2], dtype=np.uint8)
    mask[_clothes(pixels, _wished(job))] = 255
    return Made(files=(make_png(job, mask),))


def _clothes(pixels: Pixels, part: Part) -> Mask:
    marked: Mask = np.zeros(pixels.shape[:2], dtype=np.bool_)
    people = find_people(pixels)
    for person in people:
        if person.seen or person.box.height > FIGURE_RATIO * person.box.width:
            marked |= worn(pixels, person, part)
    return marked if marked.any() else find_thing(pixels) > 0.5


def _wished(job: GenerationJob) -> Part:
    value = job.options.get("clothes_type")
    words = " ".join(str(each).lower() for each in as_list(value) or (value or "",))
    lower = any(word in words for word in _LOWER_WORDS)
    upper = any(word in words for word in ("upper", "top", "上"))
    if not words or any(word in words for word in _WHOLE_WORDS) or (lower and upper):
        return Part.WHOLE
    return Part.LOWER if lower else Part.UPPER


def _resolution(job: GenerationJob) -> float:
    return number_option(job, "resolution", -1)


def _scaled(pixels: Pixels, long_side: int) -> Pixels:
    if long_side <= 0:
        return pixels
    height, width = pixels.shape[:2]
    share = long_side / max(height, width)
    return resized(pixels, max(1, round(width * share)), max(1, round(height * share)))


def _only_person(pixels: Pixels) -> Person:
    people = find_people(pixels)
    if not people:
        raise Refused("InvalidPerson", "No person was found in the person image.")
    return max(people, key=lambda person: float(person.share.sum()))


def _garment(media: JobMedia) -> Layer:
    pixels = open_pixels(media)
    layer = cut_out(media)
    if is_blank(pixels) or not (layer[..., 3] > 127).any():
        raise Refused("InvalidGarment", f"No garment was found in the {media.role} image.")
    return cropped_to(layer)


def _dressed(job: GenerationJob, pixels: Pixels, person: Person) -> tuple[Pixels, Mask]:
    """Give the person dressed, and where the garments are."""
    clothes: Mask = np.zeros(pixels.shape[:2], dtype=np.bool_)
    tone = tone_of(pixels, person.face)
    result = pixels
    for role, part in ROLES:
        for media in job.media_of(role):
            garment = _garment(media)
            place = worn(pixels, person, part)
            result = laid_on(result, place, garment, tone)
            clothes |= place
    return result, clothes


def _sharpened(pixels: Pixels) -> Pixels:
    floats = to_floats(pixels)
    return to_pixels(floats + (floats - gauss(floats, 1.5)) * 0.7)
