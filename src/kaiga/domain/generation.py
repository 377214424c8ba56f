"""What is to be made: an order whose every rule has been checked."""

from collections.abc import Mapping

import msgspec

from kaiga.domain.adapters import ChosenAdapter
from kaiga.domain.catalogue.fields import MediaKind
from kaiga.domain.ids import ObjectKey


class MediaInput(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One medium that an order names.

    `member` is where it stood in the request, for messages; `limits` names the rules on the file.
    It is at `url` (http, https, `oss://`), or already in the object store under `object_key`; one
    that came inside the request lies there before the task is recorded.
    """

    role: str
    member: str
    kind: MediaKind
    limits: str = ""
    url: str = ""
    object_key: ObjectKey | None = None
    size_bytes: int = 0
    """Of the object, where there is one."""


class Generation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A checked order, with every default filled in.

    `seed` is the first result's; result k has seed + k, wrapped into 0..2147483647
    (contract/image-models.md, 3). It is drawn at submission where the client gave none, so that
    a second attempt makes the same results. Width and height are 0 where they depend on the
    input; `duration_seconds` is None where the order names none. `options` are the further
    members of `input` and `parameters`, by name. `adapters` are those that its header names.
    """

    prompt: str = ""
    negative_prompt: str = ""
    width_pixels: int = 0
    height_pixels: int = 0
    count: int = 1
    seed: int
    prompt_extend: bool = False
    watermark: bool = False
    duration_seconds: float | None = None
    media: tuple[MediaInput, ...] = ()
    options: Mapping[str, object] = {}
    adapters: tuple[ChosenAdapter, ...] = ()


SEED_BITS = 31
LARGEST_SEED = (1 << SEED_BITS) - 1
"""Source: contract/image-models.md, 3."""


def seed_of_result(generation: Generation, index: int) -> int:
    """Give the seed of result `index`, counted from 0."""
    return (generation.seed + index) % (LARGEST_SEED + 1)
