"""Rules between members of one order: what is asked of some where others are given."""

from collections.abc import Mapping

import msgspec

from kaiga.domain.catalogue.fields import Scalar


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a rule holds: everything named must be so.

    Members are named by their path (`parameters.n`), items of typed media by their type as well
    (`input.media.first_frame`), the pictures of a message as `input.messages.image`.
    """

    equals: Mapping[str, tuple[Scalar, ...]] = {}
    """Members that have one of these values, given or by default."""
    has: tuple[str, ...] = ()
    """Members that are all given."""
    has_any: tuple[str, ...] = ()
    """Members of which at least one is given."""
    lacks: tuple[str, ...] = ()
    """Members of which none is given."""


class Bounds(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Other bounds of a whole number, and its other default if it has one."""

    minimum: int
    maximum: int
    default: int | None = None


class Total(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many items there may be of several types together."""

    of: tuple[str, ...]
    minimum: int
    maximum: int


class OrderRule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must hold where `when` does; `fault` is told where it does not.

    `bounds` replace those of a field. `media_sets` are the only sets of types that may be given
    together. Rules are gone through in their order. In `fault`, `{count}` is how many items of
    `total` there are, `{width}`, `{height}`, `{pixels}` and `{value}` are of the size asked for,
    and `{maximum}` is `max_pixels`.
    """

    when: Condition = Condition()
    ignores: tuple[str, ...] = ()
    """Members that then count as absent; media of theirs are not fetched."""
    count_from: str = ""
    """The member that then tells how many results there are."""
    requires: tuple[str, ...] = ()
    requires_one_of: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()
    values: Mapping[str, tuple[Scalar, ...]] = {}
    """Members that may only have these values; one that is absent keeps to them."""
    bounds: Mapping[str, Bounds] = {}
    max_pixels: int | None = None
    tiers: tuple[str, ...] = ()
    """The only tiers that may stand for a size, smallest first."""
    total: Total | None = None
    same_length: tuple[str, str] | None = None
    """Two lists; the second may be left out where the first has one item or none."""
    media_sets: tuple[tuple[str, ...], ...] = ()
    media: str = "input.media"
    """The member whose types `media_sets` speaks of."""
    fault: str = ""
