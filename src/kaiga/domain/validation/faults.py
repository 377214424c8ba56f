"""Broken rules, and the words in which they are told."""

from collections.abc import Iterable
from dataclasses import dataclass

FAULT_SEPARATOR = " & "
"""Source: contract/video-models.md, 17."""


class Fault(Exception):
    """One broken rule; its text goes into the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """Every rule that an order breaks, in the order in which they are checked."""

    texts: tuple[str, ...]

    @property
    def message(self) -> str:
        """All faults as one message."""
        return FAULT_SEPARATOR.join(self.texts)


def field_required(path: str) -> Fault:
    """Tell that a member is missing."""
    return Fault(f"Field required: {path}")


def wrong_type(path: str, wanted: str) -> Fault:
    """Tell that a member is of another type than `wanted`, such as `integer`."""
    return Fault(f"Input should be a valid {wanted}: {path}")


def one_of(values: Iterable[object]) -> str:
    """Write values as the service lists them: `'a', 'b' or 'c'`."""
    shown = [f"'{value}'" if isinstance(value, str) else str(value) for value in values]
    if len(shown) == 1:
        return shown[0]
    return f"{', '.join(shown[:-1])} or {shown[-1]}"
