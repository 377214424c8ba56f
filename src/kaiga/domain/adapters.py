"""Adapters of models that an order names, each by an id of the operator's and with its weight."""

import re

import msgspec

MOST_ADAPTERS = 4
"""Of one order: each slows every step down."""
LARGEST_WEIGHT = 10.0
"""Far beyond what gives a picture; weights below 0 turn an adapter's effect round."""
ADAPTER_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
"""What the operator may call one: nothing that a list of ids and weights could be read for."""
_WEIGHT = re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{1,6})?", re.ASCII)


class ChosenAdapter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One adapter that an order names; `weight` is how much it counts, 1 as it was trained."""

    id: str
    weight: float = 1.0


def read_adapters(text: str) -> tuple[ChosenAdapter, ...]:
    """Read a list such as `ink, paper:0.5`; whether there are such adapters is not looked at.

    Raises:
        ValueError: it is no such list; the message is a clause without a full stop.
    """
    chosen = tuple(_read_adapter(part.strip()) for part in text.split(","))
    if len(chosen) > MOST_ADAPTERS:
        raise ValueError(f"it names more than {MOST_ADAPTERS}")
    if len({each.id for each in chosen}) < len(chosen):
        raise ValueError("it names one of them twice")
    return chosen


def write_adapters(adapters: tuple[ChosenAdapter, ...]) -> str:
    """Write a list that is read as the same adapters."""
    return ", ".join(f"{each.id}:{each.weight:g}" for each in adapters)


def _read_adapter(text: str) -> ChosenAdapter:
    """Read one; what follows the last colon is a weight only if it is a number."""
    name, colon, last = text.rpartition(":")
    if not colon or not _WEIGHT.fullmatch(last.strip()):
        name, last = text, "1"
    weight = float(last)
    if not name.strip():
        raise ValueError("a name is missing")
    if abs(weight) > LARGEST_WEIGHT:
        raise ValueError(f"a weight is a number from -{LARGEST_WEIGHT:g} to {LARGEST_WEIGHT:g}")
    return ChosenAdapter(id=name.strip(), weight=weight)
