"""What kaiga.toml tells of a server of the OpenAI shape, and of a model there."""

from collections.abc import Mapping
from typing import Literal

import msgspec

from kaiga.engines.remote.options import ServerOptions

PICTURE_TASKS = frozenset({"text-to-image", "image-edit", "image-edit-function", "masked-repaint"})
CLIP_TASKS = frozenset(
    {"text-to-video", "image-to-video", "reference-to-video", "video-edit", "any-to-video"}
)
"""Tasks that can be said in this shape: a text, pictures and a mask, one clip or first picture."""


class OpenaiOptions(ServerOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[engines.NAME]` of the kind `openai`.

    `url` is what OpenAI's clients call the base URL, with its `/v1`. `health` is the path below
    it that is asked whether the server is there. `clip_body` is how `videos` takes an order
    without a file: vLLM-Omni takes forms, SGLang takes JSON. `rename` gives members other names,
    where a server has them, and leaves out those with an empty one.
    """

    health: str = "models"
    clip_body: Literal["form", "json"] = "form"
    rename: Mapping[str, str] = {}


class OpenaiModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The table `[models."NAME".ENGINE]`.

    `name` is the model's name at the server, which may be empty where it serves one. `extra` are
    members that go along with every order and win over Kaiga's own: steps, guidance and the like.
    `frames_per_second` is what is asked of clips in place of the catalogue's number.
    """

    name: str = ""
    extra: Mapping[str, object] = {}
    frames_per_second: float = 0.0
