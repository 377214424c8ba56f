"""Seeds that follow from requests, so that the same request makes the same results anywhere."""

import re
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import cast

import msgspec

from kaiga.domain.generation import SEED_BITS
from kaiga.service.submitting.submit_task import Submission

_LINK = re.compile(r"\s*(https?|oss)://", re.IGNORECASE)

_DEEPEST = 32
"""No order of the contract is nested so far; what is below counts for nothing."""

_encode = msgspec.json.Encoder(order="deterministic").encode


def draw_from_request(submission: Submission) -> int:
    """Give the seed of an order that names none, from its operation, model and members.

    Where links lead counts for nothing: a server's port, an upload's key and a signature differ
    from run to run, and what lies there reaches the engine anyway.
    """
    told = [
        submission.operation,
        str(submission.model),
        _without_places(submission.order_input),
        _without_places(submission.parameters),
    ]
    digest = blake2b(_encode(told), digest_size=8).digest()
    return int.from_bytes(digest) >> (64 - SEED_BITS)


def _without_places(value: object, depth: int = 0) -> object:
    if depth > _DEEPEST:
        return None
    match value:
        case str():
            return "" if _LINK.match(value) else value
        case Mapping():
            members = cast("Mapping[str, object]", value)
            return {name: _without_places(member, depth + 1) for name, member in members.items()}
        case list() | tuple():
            return [_without_places(each, depth + 1) for each in cast("Sequence[object]", value)]
        case _:
            return value
