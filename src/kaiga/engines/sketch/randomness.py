"""The only source of chance: the same words and numbers give the same choices anywhere."""

import hashlib
from random import Random


def make_random(*parts: str | int) -> Random:
    """Give a generator seeded by `parts`, the same in every process and on every machine.

    Lone surrogates are allowed in texts.
    """
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        encoded = str(part).encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big") + encoded)
    seed = int.from_bytes(digest.digest(), "big")
    return Random(seed)  # noqa: S311 - choices of a drawing guard nothing
