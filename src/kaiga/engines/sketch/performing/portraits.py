"""Opens a person's picture as the contract has it: with boxes of the face and what is around."""

from kaiga.engines.sketch.edits.pictures import Pixels, covering, open_pixels
from kaiga.engines.sketch.film.frames import ClipForm
from kaiga.engines.sketch.footage.delivering import get_media
from kaiga.engines.sketch.footage.options import list_values
from kaiga.engines.sketch.footage.regions import Region
from kaiga.engines.sketch.making import Refused
from kaiga.engines.sketch.performing.faces import Face, find_face
from kaiga.ports.engine import GenerationJob


def open_portrait(job: GenerationJob) -> tuple[Pixels, Region | None]:
    """Give the part of the picture within `ext_bbox`, and `face_bbox` in it where that is given.

    Raises:
        Refused: a box is none that lies in the picture (contract/video-models.md, 17).
    """
    pixels = open_pixels(get_media(job, "image"))
    height, width = pixels.shape[:2]
    told = _find_box(job, "face_bbox", width, height)
    shown = _find_box(job, "ext_bbox", width, height)
    if shown is None:
        return pixels, told
    left, top, right, bottom = shown.inside(width, height)
    part = pixels[top:bottom, left:right]
    return part, None if told is None else told.moved(-left, -top)


def fit_portrait(pixels: Pixels, told: Region | None, form: ClipForm) -> tuple[Pixels, Face]:
    """Bring the portrait to the clip's size, and find the face in it."""
    height, width = pixels.shape[:2]
    fitted = covering(pixels, form.width_pixels, form.height_pixels)
    if told is not None:
        share = max(form.width_pixels / width, form.height_pixels / height)
        told = told.scaled(share).moved(
            (form.width_pixels - width * share) / 2, (form.height_pixels - height * share) / 2
        )
    return fitted, find_face(fitted, told)


def _find_box(job: GenerationJob, name: str, width: int, height: int) -> Region | None:
    """Give an option of the form [x1, y1, x2, y2] in pixels of the picture; None where absent."""
    values = [value for value in list_values(job, name) if isinstance(value, int | float)]
    if not values and not list_values(job, name):
        return None
    if len(values) != 4 or len(list_values(job, name)) != 4:
        raise _invalid(name)
    left, top, right, bottom = values
    if not (0 <= left < right - 1 < width and 0 <= top < bottom - 1 < height):
        raise _invalid(name)
    return Region(left=left, top=top, right=right, bottom=bottom)


def _invalid(name: str) -> Refused:
    return Refused("InvalidParameter", f"Invalid {name}.")
