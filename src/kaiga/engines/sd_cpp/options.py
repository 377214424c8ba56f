"""What kaiga.toml tells of a model at a server of stable-diffusion.cpp."""

from collections.abc import Mapping
from typing import Literal

import msgspec

TASKS = frozenset(
    {
        *("text-to-image", "image-edit", "image-edit-function", "masked-repaint"),
        *("text-to-video", "image-to-video"),
    }
)
"""Tasks that can be said to it: a text, pictures and a mask, a first and a last frame."""


class SdCppModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[models."NAME".ENGINE]`; the server has one model, loaded at its start.

    `extra` are members of its native orders that go along and win over Kaiga's own
    (`sample_params`, `lora`, ...). `images` is what the pictures of an edit are to it: something
    to look at, or the picture to begin with. `frames_per_second` is asked of clips in place of
    the catalogue's number.
    """

    extra: Mapping[str, object] = {}
    images: Literal["ref_images", "init_image"] = "ref_images"
    frames_per_second: float = 0.0
