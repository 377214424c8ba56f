"""What is to be made: an order whose every rule has been checked."""

import msgspec


class Generation(msgspec.Struct, frozen=True, kw_only=True):
    """A checked order of pictures, with every default filled in.

    `seed` is the first picture's; picture k has seed + k, wrapped into 0..2147483647
    (contract/image-models.md, 3). It is drawn at submission where the client gave none, so that
    a second attempt makes the same pictures.
    """

    prompt: str
    negative_prompt: str
    width_pixels: int
    height_pixels: int
    count: int
    seed: int
    prompt_extend: bool
    watermark: bool


SEED_BITS = 31
LARGEST_SEED = (1 << SEED_BITS) - 1
"""Source: contract/image-models.md, 3."""


def seed_of_picture(generation: Generation, index: int) -> int:
    """Give the seed of picture `index`, counted from 0."""
    return (generation.seed + index) % (LARGEST_SEED + 1)
