"""The sides that a pipeline computes, and how its results come to the wanted ones."""

import math
from typing import Any

import numpy as np

from kaiga.engines.diffusers.bridging import choose_sides
from kaiga.engines.diffusers.files import Pixels, resized
from kaiga.engines.diffusers.loading import Loaded


def sides_for(loaded: Loaded, width: int, height: int) -> tuple[int, int]:
    """Give the sides to compute for a result of `width` by `height` pixels."""
    multiple = math.lcm(loaded.weights.profile.multiple, _find_patch(loaded.pipe))
    return choose_sides(width, height, multiple, loaded.options.largest_pixels)


def to_pixels(picture: Any) -> Pixels:
    """Give what a pipeline made as pixels: an image, or numbers from 0 to 1."""
    if hasattr(picture, "convert"):
        return np.array(picture.convert("RGB"))
    floats = np.nan_to_num(np.asarray(picture, np.float32))
    return np.rint(np.clip(floats, 0, 1) * 255).astype(np.uint8)


def fitted(pixels: Pixels, width: int, height: int, *, crops: bool) -> Pixels:
    """Bring pixels to exactly this size.

    With `crops`, what little stands over because of multiples is cut off evenly; without, as
    wherever places have to stay those of an input, all of it is scaled.
    """
    tall, wide = pixels.shape[:2]
    over = (wide - width, tall - height)
    if crops and min(over) >= 0:
        left, top = over[0] // 2, over[1] // 2
        return np.ascontiguousarray(pixels[top : top + height, left : left + width])
    return resized(pixels, width, height)


def _find_patch(pipe: Any) -> int:
    """Give how many pixels of a side one place of the transformer stands for; 1 if unknown."""
    scale = getattr(pipe, "vae_scale_factor_spatial", None)
    transformer = getattr(pipe, "transformer", None)
    if not isinstance(scale, int) or transformer is None:
        return 1
    patch = getattr(transformer.config, "patch_size", 1)
    return scale * (patch if isinstance(patch, int) else max(patch))
