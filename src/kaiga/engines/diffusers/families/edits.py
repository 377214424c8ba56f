"""Changes of given pictures by instruction."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from kaiga.engines.diffusers.call import Call
from kaiga.engines.diffusers.families.measuring import fitted, sides_for, to_pixels
from kaiga.engines.diffusers.files import (
    Mask,
    Pixels,
    Refused,
    covering,
    get_input,
    make_png,
    open_mask,
    open_pixels,
    to_image,
)
from kaiga.engines.diffusers.loading import Loaded
from kaiga.ports.engine import GenerationJob, MadeFile

_OF_SEVERAL = frozenset({"QwenImageEditPlusPipeline"})
"""Pipelines that take more pictures than one."""

_INSTRUCTIONS: Mapping[str, str] = MappingProxyType({
    "stylization_all": "{}",
    "stylization_local": "{}",
    "description_edit": "{}",
    "description_edit_with_mask": "{}",
    "remove_watermark": "Remove the watermark and all overlaid text. {}",
    "super_resolution": "Restore this picture in high detail and sharpness. {}",
    "colorization": "Colour this black and white picture naturally. {}",
    "doodle": "Turn this line drawing into a finished picture: {}",
    "control_cartoon_feature": "Keep the character of this picture, in a new scene: {}",
})  # fmt: skip
"""Functions of the contract as instructions; `{}` is the client's prompt."""


def edit(job: GenerationJob, loaded: Loaded) -> Call:
    """Change the pictures of role `image` as the prompt says.

    Raises:
        Refused: there is none, one too many, or one can't be decoded.
    """
    given = [open_pixels(media) for media in job.media_of("image")]
    if not given:
        raise Refused("InvalidParameter", "Field required: image")
    if len(given) > 1 and loaded.weights.class_name not in _OF_SEVERAL:
        raise Refused("InvalidParameter", "The model of this server takes one image at a time.")
    size = _size_of(job, given[-1])
    return _call(job, loaded, given, job.prompt, size)


def edit_by_function(job: GenerationJob, loaded: Loaded) -> Call:
    """Do what the option `function` names; under a mask, the rest stays as it is.

    Raises:
        Refused: the function needs another model, or a file can't be used.
    """
    name = str(job.options.get("function") or "")
    if name not in _INSTRUCTIONS:
        raise Refused(
            "InvalidParameter",
            f"The model of this server does not offer the function {name}."
            f" Offered are: {', '.join(_INSTRUCTIONS)}.",
        )
    given = open_pixels(get_input(job, "image"))
    factor = job.options.get("upscale_factor", 1) if name == "super_resolution" else 1
    size = tuple(side * int(str(factor)) for side in given.shape[1::-1])
    mask = None
    if name == "description_edit_with_mask":
        mask = open_mask(get_input(job, "mask"), given)
    prompt = _INSTRUCTIONS[name].format(job.prompt).strip()
    return _call(job, loaded, [given], prompt, (size[0], size[1]), mask)


def _call(
    job: GenerationJob,
    loaded: Loaded,
    given: list[Pixels],
    prompt: str,
    size: tuple[int, int],
    mask: Mask | None = None,
) -> Call:
    sides = sides_for(loaded, *size)
    images = [to_image(covering(given[-1], *size)) if job.width_pixels else to_image(given[-1])]
    images = [*map(to_image, given[:-1]), *images]

    def finish(made_for: GenerationJob, picture: Any, _sound: Any) -> MadeFile:
        pixels = fitted(to_pixels(picture), *size, crops=False)
        if mask is not None:
            pixels = np.where(mask[..., None], pixels, given[0])
        return make_png(made_for, pixels)

    return Call(
        arguments={
            "prompt": prompt,
            "image": images if loaded.weights.class_name in _OF_SEVERAL else images[0],
            "width": sides[0],
            "height": sides[1],
            "max_area": sides[0] * sides[1],
        },
        sides=sides,
        finish=finish,
    )


def _size_of(job: GenerationJob, given: Pixels) -> tuple[int, int]:
    if job.width_pixels:
        return job.width_pixels, job.height_pixels
    return given.shape[1], given.shape[0]
