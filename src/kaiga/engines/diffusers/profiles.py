"""The pipeline classes that are run, and what there is to know of each.

A class that is not listed is refused: what a folder of weights names is not to be trusted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Ability(StrEnum):
    """What a pipeline makes, and of what."""

    DRAW = "draw"
    """A picture from words."""
    EDIT = "edit"
    """A picture from pictures and words."""
    REPAINT = "repaint"
    """What a mask shows of a picture."""
    FILM = "film"
    """A clip from words."""
    ANIMATE = "animate"
    """A clip that begins with a picture."""
    REWORK = "rework"
    """A clip from a clip, masks and references."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One pipeline class.

    Sides have to be multiples of `multiple` pixels, numbers of frames one more than a multiple of
    `frame_step`. `guidance` is the argument that weighs the prompt, and the negative prompt where
    the class takes one; `blank_negative` is given where the client has none and the class needs
    one for its guidance.
    """

    abilities: frozenset[Ability]
    multiple: int = 16
    guidance: str = "guidance_scale"
    blank_negative: str = ""
    frame_step: int = 4
    frames_per_second: float = 16.0
    ends_with_picture: bool = False


def _profile(*abilities: Ability, **others: object) -> Profile:
    return Profile(abilities=frozenset(abilities), **others)  # pyright: ignore[reportArgumentType]


_QWEN: Mapping[str, object] = {"guidance": "true_cfg_scale", "blank_negative": " "}
_LTX: Mapping[str, object] = {"multiple": 32, "frame_step": 8, "frames_per_second": 24.0}

PROFILES: Mapping[str, Profile] = MappingProxyType({
    "ZImagePipeline": _profile(Ability.DRAW),
    "ZImageInpaintPipeline": _profile(Ability.REPAINT),
    "QwenImagePipeline": _profile(Ability.DRAW, **_QWEN),
    "QwenImageInpaintPipeline": _profile(Ability.REPAINT, **_QWEN),
    "QwenImageEditPipeline": _profile(Ability.EDIT, **_QWEN),
    "QwenImageEditPlusPipeline": _profile(Ability.EDIT, **_QWEN),
    "QwenImageEditInpaintPipeline": _profile(Ability.REPAINT, **_QWEN),
    "FluxPipeline": _profile(Ability.DRAW),
    "FluxKontextPipeline": _profile(Ability.EDIT),
    "FluxFillPipeline": _profile(Ability.REPAINT),
    "FluxInpaintPipeline": _profile(Ability.REPAINT),
    "StableDiffusionXLPipeline": _profile(Ability.DRAW),
    "StableDiffusionXLInpaintPipeline": _profile(Ability.REPAINT),
    "StableDiffusion3Pipeline": _profile(Ability.DRAW),
    "StableDiffusion3InpaintPipeline": _profile(Ability.REPAINT),
    "WanPipeline": _profile(Ability.FILM, Ability.DRAW),
    "WanImageToVideoPipeline": _profile(Ability.ANIMATE, ends_with_picture=True),
    "WanVACEPipeline": _profile(Ability.REWORK, Ability.FILM),
    "LTX2Pipeline": _profile(Ability.FILM, **_LTX),
    "LTX2ImageToVideoPipeline": _profile(Ability.ANIMATE, **_LTX),
})  # fmt: skip
