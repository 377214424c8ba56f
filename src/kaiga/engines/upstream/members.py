"""Takes decoded JSON apart; what is of another type than expected is empty."""

from collections.abc import Mapping, Sequence
from typing import cast

Members = Mapping[str, object]
_NONE: Members = {}


def members_of(value: object) -> Members:
    """Give the members of an object."""
    return cast("Members", value) if isinstance(value, dict) else _NONE


def items_of(value: object) -> Sequence[object]:
    """Give the items of an array."""
    return cast("Sequence[object]", value) if isinstance(value, list) else ()


def objects_of(value: object) -> Sequence[Members]:
    """Give the objects among the items of an array that have any members."""
    return [members for each in items_of(value) if (members := members_of(each))]
