"""What a mask shows of a picture, and what lies beyond its edges, painted anew."""

from typing import Any

import numpy as np
from PIL import Image, ImageFilter

from kaiga.engines.diffusers.call import Call
from kaiga.engines.diffusers.families.measuring import fitted, sides_for, to_pixels
from kaiga.engines.diffusers.files import (
    Layer,
    Mask,
    Pixels,
    Refused,
    Room,
    covering,
    get_input,
    limited,
    make_png,
    open_mask,
    open_pixels,
    read_room,
    resized,
    to_image,
    turned,
)
from kaiga.engines.diffusers.loading import Loaded
from kaiga.ports.engine import GenerationJob, MadeFile

_EMPTY = "the empty background goes on, nothing else"
_AROUND = "the picture goes on to all sides"
_GREY, _OPAQUE = 128, 255
_FUNCTIONS = ("description_edit_with_mask", "expand")
_WIDER = 9
"""Pixels by which a mask is widened where the contract asks for it."""


def repaint(job: GenerationJob, loaded: Loaded) -> Call:
    """Paint what the mask shows from the prompt; the rest stays bit for bit.

    Raises:
        Refused: a file can't be decoded, or the mask has another size than the picture.
    """
    given = open_pixels(get_input(job, "image"))
    mask = open_mask(get_input(job, "mask"), given)
    if job.width_pixels:
        size = job.width_pixels, job.height_pixels
        given = covering(given, *size)
        mask = covering(mask.astype(np.uint8) * 255, *size) >= _GREY
    return _call(loaded, given, mask, job.prompt)


def erase(job: GenerationJob, loaded: Loaded) -> Call:
    """Paint background where the mask shows something.

    Raises:
        Refused: as `repaint`.
    """
    given = open_pixels(get_input(job, "image"))
    mask = open_mask(get_input(job, "mask"), given)
    if job.options.get("dilate_flag", True):
        mask = _widened(mask)
    for kept in job.media_of("foreground"):
        mask &= ~open_mask(kept, given)
    return _call(loaded, given, mask, _EMPTY)


def extend(job: GenerationJob, loaded: Loaded) -> Call:
    """Turn a picture, give it room on its sides, and paint what is there.

    Raises:
        Refused: the file can't be decoded.
    """
    angle = job.options.get("angle")
    layer = turned(
        open_pixels(get_input(job, "image")), float(angle) if isinstance(angle, int | float) else 0
    )
    room = read_room(job, layer.shape[1], layer.shape[0])
    limits = bool(job.options.get("limit_image_size", True))
    return _call_around(loaded, layer, room, job.prompt or _AROUND, limits=limits)


def repaint_by_function(job: GenerationJob, loaded: Loaded) -> Call:
    """Do what the option `function` names: to paint under a mask, or beyond the edges.

    Raises:
        Refused: it is another one, or a file can't be used.
    """
    name = str(job.options.get("function") or "")
    if name == "description_edit_with_mask":
        return repaint(job, loaded)
    if name != "expand":
        raise Refused(
            "InvalidParameter",
            f"The model of this server does not offer the function {name}."
            f" Offered are: {', '.join(_FUNCTIONS)}.",
        )
    layer = turned(open_pixels(get_input(job, "image")), 0)
    height, width = layer.shape[:2]
    scales = {side: job.options.get(f"{side}_scale") for side in ("left", "top", "right", "bottom")}
    more = {
        side: round((float(scale) - 1) * (width if side in {"left", "right"} else height))
        for side, scale in scales.items()
        if isinstance(scale, int | float)
    }
    return _call_around(loaded, layer, Room(**more), job.prompt, limits=False)


def _call_around(loaded: Loaded, layer: Layer, room: Room, prompt: str, *, limits: bool) -> Call:
    height = layer.shape[0] + room.top + room.bottom
    width = layer.shape[1] + room.left + room.right
    canvas = np.zeros((height, width, 4), np.uint8)
    canvas[room.top : room.top + layer.shape[0], room.left : room.left + layer.shape[1]] = layer
    hole: Mask = canvas[..., 3] < _OPAQUE
    ground = np.full((height, width, 3), _GREY, np.uint8)
    return _call(
        loaded, np.where(hole[..., None], ground, canvas[..., :3]), hole, prompt, limits=limits
    )


def _call(loaded: Loaded, given: Pixels, mask: Mask, prompt: str, *, limits: bool = False) -> Call:
    height, width = given.shape[:2]
    sides = sides_for(loaded, width, height)

    def finish(job: GenerationJob, picture: Any, _sound: Any) -> MadeFile:
        pixels = fitted(to_pixels(picture), width, height, crops=False)
        pixels = np.where(mask[..., None], pixels, given)
        made = make_png(job, pixels)
        return limited(job, pixels, made) if limits else made

    small = resized(mask.astype(np.uint8) * 255, *sides)
    return Call(
        arguments={
            "prompt": prompt,
            "image": to_image(resized(given, *sides)),
            "mask_image": Image.fromarray(small),
            "width": sides[0],
            "height": sides[1],
            "strength": 1.0,
        },
        sides=sides,
        finish=finish,
    )


def _widened(mask: Mask) -> Mask:
    return np.array(to_image(mask).filter(ImageFilter.MaxFilter(_WIDER))) >= _GREY
